-- Owner: courses. What rules of enrolment ask for: days that come back every year, what a new version asks of those who are done,
-- letters about deadlines, each at most once, and reports that stay as they were.

-- The day of a year; the last day of the month in years that do not have it (29 February).
create function day_in_year(year integer, month integer, day integer) returns date language sql immutable parallel safe as $$
  select least(make_date(year, month, 1) + (day - 1), (make_date(year, month, 1) + interval '1 month - 1 day')::date)
$$;
-- The first such day on or after another.
create function yearly_from(month integer, day integer, since date) returns date language sql immutable parallel safe as $$
  select case when day_in_year(extract(year from since)::integer, month, day) >= since
              then day_in_year(extract(year from since)::integer, month, day)
              else day_in_year(extract(year from since)::integer + 1, month, day) end
$$;
-- The last such day on or before another.
create function yearly_until(month integer, day integer, upto date) returns date language sql immutable parallel safe as $$
  select case when day_in_year(extract(year from upto)::integer, month, day) <= upto
              then day_in_year(extract(year from upto)::integer, month, day)
              else day_in_year(extract(year from upto)::integer - 1, month, day) end
$$;
-- The yearly day that a closed cycle leaves for the next one. The cycle stands for the day that it was due on, or for the one
-- that came first after its end; an end within `ahead` days before a day counts for that day.
create function yearly_after(month integer, day integer, due date, closed date, ahead integer) returns date
language sql immutable parallel safe as $$
  select day_in_year(extract(year from greatest(yearly_from(month, day, coalesce(due, closed)),
                                                yearly_until(month, day, closed + ahead)))::integer + 1, month, day)
$$;

-- Whom a mandatory rule covers at this moment: people who are active, courses that are published. A view obeys the policies of
-- the one who asks.
create view obliged with (security_invoker = true) as
  select v.organisation_id, v.course_id, v.person_id, e.id as enrolment_id, e.due_kind, e.due_on, e.due_days,
         e.due_month::integer as due_month, e.due_day::integer as due_day,
         coalesce(e.valid_months, c.valid_months) as valid_months
  from covered v
    join enrolment e on e.id = v.enrolment_id and e.mandatory
    join course c on c.id = v.course_id and c.state = 'published'
    join person p on p.id = v.person_id and p.state = 'active';
grant select on obliged to tablica_app;

-- How everybody does: each cycle that was asked for or finished, how it stands today in Warsaw, and how many days late it is or was.
create view training with (security_invoker = true) as
  select t.organisation_id, t.id as taking_id, t.course_id, t.person_id, p.org_unit_id, t.cycle, x.assigned_on, x.deadline,
         t.extended_to is not null as extended, x.done_on, t.version_id, t.valid_until, t.exempt_reason,
         case when x.done_on is not null then case when t.valid_until < x.today then 'expired' else 'done' end
              when t.exempted_at is not null then 'exempt'
              when t.released_at is not null then 'released'
              when x.deadline < x.today then 'late' else 'open' end as standing,
         greatest(0, case when x.done_on is not null then x.done_on - x.deadline
                          when t.exempted_at is null and t.released_at is null then x.today - x.deadline end) as late_days,
         not exists (select from taking n where n.person_id = t.person_id and n.course_id = t.course_id and n.cycle > t.cycle) as newest,
         coalesce(x.done_on, x.exempted_on, x.deadline, x.assigned_on) as day
  from taking t join person p on p.id = t.person_id
    cross join lateral (
      select (moment() at time zone 'Europe/Warsaw')::date as today, coalesce(t.extended_to, t.due_on) as deadline,
             (t.assigned_at at time zone 'Europe/Warsaw')::date as assigned_on, (t.done_at at time zone 'Europe/Warsaw')::date as done_on,
             (t.exempted_at at time zone 'Europe/Warsaw')::date as exempted_on) x
  where t.assigned_at is not null or t.done_at is not null;
grant select on training to tablica_app;

-- What a version asks of those who finished an earlier one: `major`, to do it again; `minor`, nothing. Of those in the middle:
-- to go on where they are, or to begin again.
alter table course_version
  add column change text not null default 'minor' check (change in ('minor', 'major')),
  add column middle text not null default 'go_on' check (middle in ('go_on', 'begin_again')),
  -- By when it is to be done again; null: as the rules say.
  add column redo_by date,
  add constraint only_a_major_version_asks check (change = 'major' or middle = 'go_on' and redo_by is null);
create index course_version_major on course_version (course_id, number) where change = 'major';

-- Letters before a deadline: each step once for each day on which a taking was due.
create table taking_reminder (
  organisation_id uuid not null,
  taking_id uuid not null,
  due_on date not null,
  step smallint not null check (step in (14, 7, 1)),
  sent_at timestamptz not null default moment(),
  -- Null when the person has no address.
  sent_to text,
  primary key (taking_id, due_on, step),
  foreign key (organisation_id, taking_id) references taking (organisation_id, id)
);
create trigger taking_reminder_append_only before update or delete on taking_reminder
  for each statement execute function refuse_change();
call fence('taking_reminder');
grant select, insert on taking_reminder to tablica_app;

-- Letters to heads of units about what is overdue: one a day at most.
create table overdue_digest (
  organisation_id uuid not null,
  head_id uuid not null,
  -- In Warsaw.
  day date not null,
  sent_at timestamptz not null default moment(),
  primary key (head_id, day),
  foreign key (organisation_id, head_id) references person (organisation_id, id)
);
create trigger overdue_digest_append_only before update or delete on overdue_digest
  for each statement execute function refuse_change();
call fence('overdue_digest');
grant select, insert on overdue_digest to tablica_app;

-- What a head was told of: nothing is new twice.
create table overdue_told (
  organisation_id uuid not null,
  head_id uuid not null,
  taking_id uuid not null,
  due_on date not null,
  told_at timestamptz not null default moment(),
  primary key (head_id, taking_id, due_on),
  foreign key (organisation_id, head_id) references person (organisation_id, id),
  foreign key (organisation_id, taking_id) references taking (organisation_id, id)
);
create trigger overdue_told_append_only before update or delete on overdue_told
  for each statement execute function refuse_change();
call fence('overdue_told');
grant select, insert on overdue_told to tablica_app;

-- Reports of training that were frozen for an auditor: a workbook and the same on paper, each with its SHA-256.
create table training_report (
  id uuid primary key,
  organisation_id uuid not null references organisation (id),
  year smallint not null,
  number integer not null check (number > 0),
  made_at timestamptz not null default moment(),
  made_by uuid not null,
  -- What it is about, in words.
  scope text not null check (length(scope) between 1 and 1000),
  -- The units that it tells of, each with all below it; null: the whole organisation.
  unit_ids uuid[] check (cardinality(unit_ids) > 0),
  sha256 bytea not null check (octet_length(sha256) = 32),
  size_bytes bigint not null check (size_bytes > 0),
  blob_key text not null,
  paper_sha256 bytea not null check (octet_length(paper_sha256) = 32),
  paper_size_bytes bigint not null check (paper_size_bytes > 0),
  paper_key text not null,
  unique (organisation_id, year, number),
  foreign key (organisation_id, made_by) references person (organisation_id, id)
);
create trigger training_report_append_only before update or delete on training_report
  for each statement execute function refuse_change();
call fence('training_report');
grant select, insert on training_report to tablica_app;
