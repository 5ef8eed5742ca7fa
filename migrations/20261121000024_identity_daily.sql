-- Owner: identity. What the housekeeping asks for once a day in each organisation: one row a kind of job and day.
create table daily_run (
  organisation_id uuid not null references organisation (id),
  kind text not null check (length(kind) between 1 and 60),
  -- In Warsaw.
  day date not null,
  primary key (organisation_id, kind, day)
);
call fence('daily_run');
grant select, insert on daily_run to tablica_app;

-- Today's rows of the four tables that said so before. They are dropped by a later migration, when no running program reads them.
select set_config('app.reach', 'installation', true);
insert into daily_run (organisation_id, kind, day)
  select organisation_id, 'loan_reminders', day from reminder_run
  union all select organisation_id, 'allocations_expire', day from allocation_run
  union all select organisation_id, 'anonymise', day from retention_run
  union all select organisation_id, 'declaration_reminders', day from declaration_run;
select set_config('app.reach', '', true);
