-- Owner: devices. Reminders of declarations, and devices that are free for the next of the waiting list.

-- Open loans of programmes that ask for declarations: since when (the hand-over, or the last declaration), and the day in Warsaw
-- on which the next one is due.
create view declaration_due with (security_invoker = true) as
  select l.id as loan_id, l.organisation_id, x.since, (x.since + make_interval(months => g.declare_months::int))::date as due_on
  from loan l join loan_agreement a on a.id = l.agreement_id join programme g on g.id = a.programme_id
    cross join lateral (select (coalesce((select max(d.declared_at) from declaration d where d.loan_id = l.id), l.handed_over_at)
      at time zone 'Europe/Warsaw')::date as since) x
  where g.declare_months is not null and l.handed_over_at is not null and l.returned_at is null;
grant select on declaration_due to tablica_app;

-- Letters that were sent of a declaration: each step (days before or after it is due) once for each day on which it was due.
-- A declaration, or another rule of the programme, moves the day, and with it the steps begin anew.
create table declaration_reminder (
  organisation_id uuid not null,
  loan_id uuid not null,
  due_on date not null,
  step smallint not null check (step in (-14, 0, 14)),
  sent_at timestamptz not null default moment(),
  -- Null when nobody of the agreement has an address: a letter on paper is due.
  sent_to text,
  primary key (loan_id, due_on, step),
  foreign key (organisation_id, loan_id) references loan (organisation_id, id)
);
create trigger declaration_reminder_append_only before update or delete on declaration_reminder
  for each statement execute function refuse_change();
call fence('declaration_reminder');
grant select, insert on declaration_reminder to tablica_app;

-- The days on which an organisation's declarations were asked for: the daily job is queued once.
create table declaration_run (
  organisation_id uuid not null references organisation (id),
  day date not null,
  primary key (organisation_id, day)
);
call fence('declaration_run');
grant select, insert on declaration_run to tablica_app;

-- The offer ended before anybody had the device, and it was not offered to the next one yet.
alter table allocation
  add column to_pass_on boolean not null default false,
  add constraint only_what_ended_is_passed_on check (not to_pass_on or ended_at is not null);
create index allocation_to_pass_on on allocation (organisation_id) where to_pass_on;
