-- Owner: courses, and below notices and identity, each by its own heading.

-- Courses: what came of the test that closes a version, in one cycle of one person. It is the last test of the version, as on a
-- certificate; of several attempts the best one that passed, else the best. One row, whatever there is; the policies of the one who
-- asks hold.
create function test_outcome(of_version uuid, of_person uuid, of_cycle integer)
  returns table (outcome text, score smallint, attempts bigint) language sql stable as $$
  select case when q.unit_id is null then 'no_test' when r.passed then 'passed' when r.waiting then 'waiting'
              when r.attempts > 0 then 'failed' else 'not_taken' end,
         r.score, r.attempts
  from (select (select z.unit_id from version_quiz z join version_unit w on w.version_id = z.version_id and w.unit_id = z.unit_id
                where z.version_id = of_version order by w.position desc limit 1) as unit_id) q
    cross join lateral (
      select count(*) as attempts, coalesce(bool_or(a.passed), false) as passed, coalesce(bool_or(a.score is null), false) as waiting,
             coalesce(max(a.score) filter (where a.passed), max(a.score)) as score
      from attempt a where a.person_id = of_person and a.unit_id = q.unit_id and a.cycle = of_cycle and a.submitted_at is not null) r
$$;
grant execute on function test_outcome(uuid, uuid, integer) to tablica_app;

-- Courses: who was told that a rule assigned them a taking: each once, however often rules let go of it and take it up again.
create table assignment_told (
  organisation_id uuid not null,
  taking_id uuid primary key,
  told_at timestamptz not null default moment(),
  foreign key (organisation_id, taking_id) references taking (organisation_id, id)
);
create trigger assignment_told_append_only before update or delete on assignment_told
  for each statement execute function refuse_change();
call fence('assignment_told');
grant select, insert on assignment_told to tablica_app;

-- Courses: notices before a certificate stops counting (so many days before its last one) and when it has (0): each step once.
create table certificate_reminder (
  organisation_id uuid not null,
  certificate_id uuid not null,
  step smallint not null check (step in (30, 7, 0)),
  told_at timestamptz not null default moment(),
  primary key (certificate_id, step),
  foreign key (organisation_id, certificate_id) references certificate (organisation_id, id)
);
create trigger certificate_reminder_append_only before update or delete on certificate_reminder
  for each statement execute function refuse_change();
call fence('certificate_reminder');
grant select, insert on certificate_reminder to tablica_app;
create index certificate_valid on certificate (organisation_id, valid_until) where valid_until is not null;

-- Notices: two more kinds.
alter table notice drop constraint notice_kind_check,
  add constraint notice_kind_check check (kind in ('assigned', 'new_version', 'teaching', 'expiring', 'expired'));
alter table notice_wish drop constraint notice_wish_kind_check,
  add constraint notice_wish_kind_check check (kind in ('assigned', 'new_version', 'teaching', 'expiring', 'expired'));

-- Courses: how many grave findings of a draft were neither mended nor waived when it was looked at last: with every saving, so that
-- the first page of an author need not read the drafts anew.
create table draft_check (
  course_id uuid primary key,
  organisation_id uuid not null,
  grave integer not null check (grave >= 0),
  checked_at timestamptz not null default moment(),
  foreign key (organisation_id, course_id) references course (organisation_id, id)
);
call fence('draft_check');
grant select, insert, update on draft_check to tablica_app;
create index attempt_unmarked on attempt (course_id, unit_id) where submitted_at is not null and score is null;

-- Identity: a person whose data were erased (art. 17 RODO). The row stays with its id, so that what counts people still counts; it
-- names nobody, nobody signs in with it, and it is not changed any more.
alter table person
  add column erased_at timestamptz,
  add constraint erased_person_is_neutral check (erased_at is null
    or (email is null and phone is null and born_on is null and password_hash is null and org_unit_id is null and signed_in_at is null
        and state = 'suspended' and given_name = 'dane' and family_name = 'usunięte' and language = 'pl'
        and login = 'usuniete-' || replace(id::text, '-', '')));
create function person_erasure() returns trigger language plpgsql as $$
begin
  if old.erased_at is not null and new is distinct from old then
    raise exception 'an erased person stays erased' using errcode = 'integrity_constraint_violation', constraint = 'person_stays_erased';
  end if;
  if new.erased_at is not null and old.erased_at is null and exists (
       select from loan l where l.returned_at is null and l.cancelled_at is null
         and (l.beneficiary_id = new.id or l.agreement_id in (
               select p.agreement_id from loan_party p where p.person_id = new.id and p.until is null))) then
    raise exception 'a person with a device is not erased' using errcode = 'integrity_constraint_violation', constraint = 'person_has_loans';
  end if;
  return new;
end $$;
create trigger person_erasure before update on person for each row execute function person_erasure();

-- Devices: nothing is lent to somebody who was erased in the same moment. The reference to the person waits for the erasure, and
-- this is asked after it.
create function nobody_erased_borrows() returns trigger language plpgsql as $$
begin
  if exists (select from person p where p.id = new.beneficiary_id and p.erased_at is not null) then
    raise exception 'an erased person borrows nothing'
      using errcode = 'integrity_constraint_violation', constraint = 'nobody_erased_borrows';
  end if;
  return new;
end $$;
create constraint trigger nobody_erased_borrows after insert on loan deferrable initially deferred
  for each row when (new.beneficiary_id is not null) execute function nobody_erased_borrows();
create function nobody_erased_signs() returns trigger language plpgsql as $$
begin
  if exists (select from person p where p.id = new.person_id and p.erased_at is not null) then
    raise exception 'an erased person signs nothing'
      using errcode = 'integrity_constraint_violation', constraint = 'nobody_erased_borrows';
  end if;
  return new;
end $$;
create constraint trigger nobody_erased_signs after insert or update of person_id on loan_party deferrable initially deferred
  for each row when (new.person_id is not null) execute function nobody_erased_signs();
