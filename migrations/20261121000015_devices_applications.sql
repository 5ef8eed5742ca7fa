-- Owner: devices. Who may have a device and in what order: rules of programmes, applications with points, the decision of
-- the commission, the waiting list (computed from points and time, never kept), and the device that waits to be collected.

alter table programme
  -- Who may apply, in words.
  add column eligibility text not null default '' check (length(eligibility) <= 5000),
  -- Applications are taken from the first of these days to the last; without the first, none are.
  add column apply_from date,
  add column apply_until date,
  -- Who holds a device of another programme gets none.
  add column excludes_holders boolean not null default true,
  -- The device is the one primary device of its person.
  add column one_primary boolean not null default true,
  -- For how many months a device must serve; a loan is due at their end.
  add column durable_months smallint check (durable_months between 1 and 240),
  -- How often the borrower declares that it is there and works.
  add column declare_months smallint check (declare_months between 1 and 60),
  -- Days to collect what was granted.
  add column collect_days smallint not null default 14 check (collect_days between 1 and 90),
  -- What its agreements say of the use of the device (art. 712 KC).
  add column purpose text not null default '' check (length(purpose) <= 1000),
  add constraint programme_apply_days check (apply_until is null or apply_from is not null and apply_until >= apply_from);

create table criterion (
  id uuid primary key,
  organisation_id uuid not null,
  programme_id uuid not null,
  name text not null check (length(name) between 1 and 300),
  points_most smallint not null check (points_most between 1 and 100),
  place smallint not null,
  -- No longer asked of new applications.
  retired_at timestamptz,
  unique (organisation_id, id, programme_id, points_most),
  foreign key (organisation_id, programme_id) references programme (organisation_id, id)
);
create index criterion_programme on criterion (programme_id, place);
call fence('criterion');
grant select, insert, update on criterion to tablica_app;

create table application (
  id uuid primary key,
  organisation_id uuid not null,
  programme_id uuid not null,
  -- Given when it is sent.
  number text check (length(number) between 1 and 60),
  beneficiary_id uuid not null,
  -- Who applies: an adult for themself, a guardian for a child.
  applicant_id uuid not null,
  state text not null default 'draft' check (state in
    ('draft', 'submitted', 'complete', 'scored', 'granted', 'waitlisted', 'refused', 'withdrawn', 'expired')),
  -- Why it is needed, in the applicant's words.
  need text not null default '' check (length(need) <= 4000),
  begun_at timestamptz not null default moment(),
  submitted_at timestamptz,
  -- The clerk who entered it from paper, and the paper.
  entered_by uuid,
  paper_key text,
  paper_sha256 bytea check (octet_length(paper_sha256) = 32),
  -- The commission's decision: its day, who decided, who wrote it down.
  decided_on date,
  decided_by text not null default '' check (length(decided_by) <= 300),
  decided_note text not null default '' check (length(decided_note) <= 2000),
  recorded_by uuid,
  refusal text check (refusal in ('not_eligible', 'holds_device', 'incomplete', 'untrue', 'no_devices', 'other')),
  unique (organisation_id, id),
  unique (organisation_id, id, programme_id),
  unique (organisation_id, number),
  check ((paper_key is null) = (paper_sha256 is null)),
  constraint application_sent check (state = 'draft' or submitted_at is not null and number is not null or state = 'withdrawn'),
  constraint application_decided check (state not in ('granted', 'waitlisted', 'refused', 'expired')
    or decided_on is not null and recorded_by is not null and decided_by <> ''),
  constraint application_refused check ((state = 'refused') = (refusal is not null)),
  foreign key (organisation_id, programme_id) references programme (organisation_id, id),
  foreign key (organisation_id, beneficiary_id) references person (organisation_id, id),
  foreign key (organisation_id, applicant_id) references person (organisation_id, id),
  foreign key (organisation_id, entered_by) references person (organisation_id, id),
  foreign key (organisation_id, recorded_by) references person (organisation_id, id)
);
-- One open application a person and programme; drafts of each applicant apart, so that none stands in another's way.
create unique index one_application on application (organisation_id, programme_id, beneficiary_id)
  where state in ('submitted', 'complete', 'scored', 'granted', 'waitlisted');
create unique index one_draft on application (organisation_id, programme_id, beneficiary_id, applicant_id) where state = 'draft';
create index application_state on application (organisation_id, programme_id, state);
create index application_beneficiary on application (beneficiary_id);
create index application_applicant on application (applicant_id);
call fence('application');
grant select, insert, update on application to tablica_app;

-- An application goes forward only; what was refused, withdrawn or not collected stays so.
create function application_goes_forward() returns trigger language plpgsql as $$
begin
  if (old.programme_id, old.beneficiary_id, old.applicant_id) is distinct from (new.programme_id, new.beneficiary_id, new.applicant_id)
     or old.number is not null and old.number is distinct from new.number then
    raise exception 'an application stays whose it is' using errcode = 'integrity_constraint_violation', constraint = 'application_stays';
  end if;
  if old.state <> new.state and not (new.state = any (case old.state
      when 'draft' then array['submitted', 'withdrawn']
      when 'submitted' then array['complete', 'scored', 'refused', 'withdrawn']
      when 'complete' then array['scored', 'refused', 'withdrawn']
      when 'scored' then array['granted', 'waitlisted', 'refused', 'withdrawn']
      when 'waitlisted' then array['granted', 'refused', 'withdrawn']
      when 'granted' then array['expired', 'withdrawn']
      else array[]::text[] end)) then
    raise exception 'an application does not go from % to %', old.state, new.state
      using errcode = 'integrity_constraint_violation', constraint = 'application_stays';
  end if;
  return new;
end $$;
create trigger application_goes_forward before update on application for each row execute function application_goes_forward();

-- What the applicant says of a criterion, and the points that the clerk gave.
create table application_score (
  organisation_id uuid not null,
  application_id uuid not null,
  programme_id uuid not null,
  criterion_id uuid not null,
  claimed boolean not null default false,
  points smallint,
  points_most smallint not null,
  primary key (application_id, criterion_id),
  constraint points_within check (points between 0 and points_most),
  foreign key (organisation_id, application_id, programme_id) references application (organisation_id, id, programme_id),
  foreign key (organisation_id, criterion_id, programme_id, points_most)
    references criterion (organisation_id, id, programme_id, points_most) on update cascade
);
call fence('application_score');
grant select, insert, update on application_score to tablica_app;

create view application_points with (security_invoker = true) as
  select a.id as application_id, a.organisation_id, coalesce(sum(s.points), 0)::integer as points
  from application a left join application_score s on s.application_id = a.id group by a.id;
grant select on application_points to tablica_app;

-- The waiting list: more points first, then who sent it earlier.
create view waiting_list with (security_invoker = true) as
  select a.id as application_id, a.organisation_id, a.programme_id, p.points,
         row_number() over (partition by a.programme_id order by p.points desc, a.submitted_at, a.id) as position
  from application a join application_points p on p.application_id = a.id where a.state = 'waitlisted';
grant select on waiting_list to tablica_app;

-- A device that waits for the person to whom it was granted: a prepared loan with a last day to collect it. That it was
-- collected is not kept here: the loan says so.
create table allocation (
  id uuid primary key,
  organisation_id uuid not null,
  application_id uuid not null,
  agreement_id uuid not null,
  loan_id uuid not null unique,
  offered_at timestamptz not null default moment(),
  collect_by date not null,
  ended_at timestamptz,
  outcome text check (outcome in ('expired', 'withdrawn', 'released')),
  check ((ended_at is null) = (outcome is null)),
  foreign key (organisation_id, application_id) references application (organisation_id, id),
  foreign key (organisation_id, agreement_id) references loan_agreement (organisation_id, id),
  foreign key (organisation_id, loan_id) references loan (organisation_id, id)
);
create unique index one_allocation on allocation (application_id) where ended_at is null;
create index allocation_collect on allocation (organisation_id, collect_by) where ended_at is null;
call fence('allocation');
grant select, insert, update on allocation to tablica_app;

-- The days on which an organisation's offers were looked through: the daily job is queued once.
create table allocation_run (
  organisation_id uuid not null references organisation (id),
  day date not null,
  primary key (organisation_id, day)
);
call fence('allocation_run');
grant select, insert on allocation_run to tablica_app;
