-- Owner: courses. Tests: the bank of questions, the test of a unit as its author edits it and as a version froze it, attempts,
-- and every step of an attempt. Nothing that somebody answered is ever changed: a new answer, a mark, a new key are new steps.
-- `accommodation` is of identity: it belongs to the person and holds for every test.

-- A question of a course. Its text is in its versions.
create table question (
  id uuid primary key,
  organisation_id uuid not null,
  course_id uuid not null,
  key text not null check (key ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(key) <= 80),
  tags text[] not null default '{}',
  unique (organisation_id, id),
  unique (course_id, key),
  foreign key (organisation_id, course_id) references course (organisation_id, id)
);
call fence('question');
grant select, insert, update on question to tablica_app;

-- A question as it read from then on, with its key and feedback.
create table question_version (
  id uuid primary key,
  organisation_id uuid not null,
  question_id uuid not null,
  number integer not null check (number > 0),
  body jsonb not null,
  created_at timestamptz not null default moment(),
  created_by uuid not null,
  unique (organisation_id, id),
  unique (question_id, number),
  foreign key (organisation_id, question_id) references question (organisation_id, id),
  foreign key (organisation_id, created_by) references person (organisation_id, id)
);
create trigger question_version_append_only before update or delete on question_version
  for each statement execute function refuse_change();
call fence('question_version');
grant select, insert on question_version to tablica_app;

-- The test of a unit in the draft: at most one. `revision` lets the second of two tabs be told.
create table quiz (
  unit_id uuid primary key,
  organisation_id uuid not null,
  course_id uuid not null,
  settings jsonb not null,
  revision integer not null default 1,
  removed_at timestamptz,
  updated_at timestamptz not null default moment(),
  updated_by uuid not null,
  unique (organisation_id, unit_id),
  foreign key (organisation_id, course_id) references course (organisation_id, id),
  foreign key (organisation_id, unit_id) references unit (organisation_id, id),
  foreign key (organisation_id, updated_by) references person (organisation_id, id)
);
create index quiz_course on quiz (course_id);
call fence('quiz');
grant select, insert, update on quiz to tablica_app;

-- Which questions of the bank the test has, in order.
create table quiz_question (
  organisation_id uuid not null,
  unit_id uuid not null,
  position integer not null check (position > 0),
  question_id uuid not null,
  primary key (unit_id, question_id),
  unique (unit_id, position) deferrable initially deferred,
  foreign key (organisation_id, unit_id) references quiz (organisation_id, unit_id),
  foreign key (organisation_id, question_id) references question (organisation_id, id)
);
create index quiz_question_question on quiz_question (question_id);
call fence('quiz_question');
grant select, insert, delete on quiz_question to tablica_app;

-- The test as a version of the course froze it.
create table version_quiz (
  organisation_id uuid not null,
  version_id uuid not null,
  unit_id uuid not null,
  settings jsonb not null,
  primary key (version_id, unit_id),
  unique (organisation_id, version_id, unit_id),
  foreign key (organisation_id, version_id) references course_version (organisation_id, id),
  foreign key (version_id, unit_id) references version_unit (version_id, unit_id)
);
create trigger version_quiz_append_only before update or delete on version_quiz
  for each statement execute function refuse_change();
call fence('version_quiz');
grant select, insert on version_quiz to tablica_app;

create table version_quiz_question (
  organisation_id uuid not null,
  version_id uuid not null,
  unit_id uuid not null,
  position integer not null,
  question_version_id uuid not null,
  primary key (version_id, unit_id, position),
  foreign key (organisation_id, version_id, unit_id) references version_quiz (organisation_id, version_id, unit_id),
  foreign key (organisation_id, question_version_id) references question_version (organisation_id, id)
);
create trigger version_quiz_question_append_only before update or delete on version_quiz_question
  for each statement execute function refuse_change();
call fence('version_quiz_question');
grant select, insert on version_quiz_question to tablica_app;

-- One person's way through a test, once. `seed` never leaves the server: who knows it knows the order the author wrote.
create table attempt (
  id uuid primary key,
  organisation_id uuid not null,
  course_id uuid not null,
  unit_id uuid not null,
  person_id uuid not null,
  version_id uuid not null,
  -- The cycle of the course that it counts for (`taking`).
  cycle integer not null check (cycle > 0),
  number integer not null check (number > 0),
  -- As many as there may be in this cycle; null: any number.
  number_most integer,
  seed bigint not null,
  started_at timestamptz not null default moment(),
  -- By the database's clock, with what the person is granted; null: no limit.
  ends_at timestamptz,
  -- Rest breaks: the clock stands still, so long altogether.
  paused_at timestamptz,
  break_left_seconds integer not null default 0 check (break_left_seconds >= 0),
  submitted_at timestamptz,
  -- The time ran out; what was saved counts.
  by_time boolean not null default false,
  -- Of the points, per mille; null until it ends, and as long as a person has to mark something.
  score smallint check (score between 0 and 1000),
  passed boolean,
  steps integer not null default 0,
  constraint attempts_used_up check (number_most is null or number <= number_most),
  check (submitted_at is not null or score is null and not by_time),
  check ((score is null) = (passed is null)),
  check (paused_at is null or submitted_at is null),
  unique (organisation_id, id),
  unique (person_id, unit_id, cycle, number),
  foreign key (organisation_id, course_id) references course (organisation_id, id),
  foreign key (organisation_id, person_id) references person (organisation_id, id),
  foreign key (organisation_id, version_id, unit_id) references version_quiz (organisation_id, version_id, unit_id)
);
-- One at a time, whichever tab or machine is quicker.
create unique index attempt_open on attempt (person_id, unit_id) where submitted_at is null;
create index attempt_unit on attempt (unit_id, started_at);
call fence('attempt');
grant select, insert, update on attempt to tablica_app;

create function attempt_stays() returns trigger language plpgsql as $$
begin
  if (old.id, old.organisation_id, old.course_id, old.unit_id, old.person_id, old.version_id, old.cycle, old.number, old.seed, old.started_at)
     is distinct from
     (new.id, new.organisation_id, new.course_id, new.unit_id, new.person_id, new.version_id, new.cycle, new.number, new.seed, new.started_at)
     or old.submitted_at is not null
        and (old.submitted_at, old.by_time, old.ends_at) is distinct from (new.submitted_at, new.by_time, new.ends_at)
     or new.steps < old.steps then
    raise exception 'what an attempt was is not changed' using errcode = 'integrity_constraint_violation', constraint = 'attempt_stays';
  end if;
  return new;
end $$;
create trigger attempt_stays before update on attempt for each row execute function attempt_stays();

-- What was drawn for it, in the order that it is asked in.
create table attempt_question (
  organisation_id uuid not null,
  attempt_id uuid not null,
  position integer not null check (position > 0),
  question_version_id uuid not null,
  primary key (attempt_id, position),
  foreign key (organisation_id, attempt_id) references attempt (organisation_id, id),
  foreign key (organisation_id, question_version_id) references question_version (organisation_id, id)
);
create index attempt_question_version on attempt_question (question_version_id);
create trigger attempt_question_append_only before update or delete on attempt_question
  for each statement execute function refuse_change();
call fence('attempt_question');
grant select, insert on attempt_question to tablica_app;

-- Everything that happened in it. The state of an attempt is a replay of its steps.
create table attempt_step (
  organisation_id uuid not null,
  attempt_id uuid not null,
  number integer not null check (number > 0),
  kind text not null check (kind in ('started', 'answered', 'flagged', 'paused', 'resumed', 'submitted', 'marked', 'regraded')),
  -- The question that it is about.
  position integer,
  -- What was answered, flagged, marked, reckoned.
  detail jsonb not null default '{}',
  -- Made in the browser: the same answer sent again is the same step.
  client_key text check (length(client_key) between 8 and 100),
  at timestamptz not null default moment(),
  by_id uuid,
  primary key (attempt_id, number),
  check ((position is not null) = (kind in ('answered', 'flagged', 'marked', 'regraded'))),
  foreign key (organisation_id, attempt_id) references attempt (organisation_id, id),
  foreign key (attempt_id, position) references attempt_question (attempt_id, position),
  foreign key (organisation_id, by_id) references person (organisation_id, id)
);
create unique index attempt_step_key on attempt_step (attempt_id, client_key) where client_key is not null;
create unique index attempt_step_submitted on attempt_step (attempt_id) where kind = 'submitted';
create trigger attempt_step_append_only before update or delete on attempt_step
  for each statement execute function refuse_change();
call fence('attempt_step');
grant select, insert on attempt_step to tablica_app;

-- Nothing is answered after the end. Ten seconds for the way of a form through the net; the page counts without them.
create function attempt_is_open() returns trigger language plpgsql as $$
begin
  if new.kind in ('answered', 'flagged', 'paused') then
    perform 1 from attempt where id = new.attempt_id and submitted_at is null
      and (ends_at is null or moment() <= ends_at + interval '10 seconds') for update;
    if not found then
      raise exception 'the attempt is over' using errcode = 'integrity_constraint_violation', constraint = 'attempt_is_open';
    end if;
  end if;
  return new;
end $$;
create trigger attempt_is_open before insert on attempt_step for each row execute function attempt_is_open();

-- What a person is granted in every test: it is theirs, not the test's.
create table accommodation (
  person_id uuid primary key,
  organisation_id uuid not null,
  -- 1500 is half as much time again.
  time_per_mille integer not null default 1000 check (time_per_mille between 1000 and 5000),
  no_limit boolean not null default false,
  -- Minutes of rest in one test, in which the clock stands still.
  break_minutes integer not null default 0 check (break_minutes between 0 and 240),
  larger_type boolean not null default false,
  -- On what it rests: an opinion, a certificate. Read by those who manage people.
  ground text not null default '' check (length(ground) <= 500),
  set_by uuid not null,
  set_at timestamptz not null default moment(),
  foreign key (organisation_id, person_id) references person (organisation_id, id),
  foreign key (organisation_id, set_by) references person (organisation_id, id)
);
call fence('accommodation');
grant select, insert, update, delete on accommodation to tablica_app;
