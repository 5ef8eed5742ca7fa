-- Owner: courses. Recall: the questions of a course asked again later, a few a day, of those who wish it. What is kept belongs to that
-- person alone: beside the wall between organisations there is one between people, and no role of the office passes it.

-- Who has it on for which course. Switching off deletes the row, and with it everything below.
create table recall (
  organisation_id uuid not null,
  person_id uuid not null,
  course_id uuid not null,
  since timestamptz not null default moment(),
  -- In which order options are shown follows from it; it never leaves the server.
  seed bigint not null default ('x' || translate(substr(gen_random_uuid()::text, 20), '-', ''))::bit(64)::bigint,
  primary key (organisation_id, person_id, course_id),
  foreign key (organisation_id, course_id) references course (organisation_id, id),
  foreign key (organisation_id, person_id) references person (organisation_id, id)
);

-- How well a person remembers the answer to a question: the state of FSRS-6. It is a replay of `recall_answer`; a question that was
-- not answered yet has no row.
create table recall_card (
  organisation_id uuid not null,
  person_id uuid not null,
  course_id uuid not null,
  question_id uuid not null,
  -- Days after which nine of ten still know it.
  stability real not null check (stability > 0),
  -- 1 to 10.
  difficulty real not null check (difficulty between 1 and 10),
  -- The day in Warsaw of the last answer, and the day from which it is asked again.
  reviewed_on date not null,
  due_on date not null,
  reviews integer not null check (reviews > 0),
  primary key (organisation_id, person_id, question_id),
  check (due_on > reviewed_on),
  foreign key (organisation_id, person_id, course_id) references recall (organisation_id, person_id, course_id) on delete cascade,
  foreign key (organisation_id, question_id) references question (organisation_id, id)
);
create index recall_card_course on recall_card (organisation_id, person_id, course_id);

-- Every answer, in order. Nobody changes one, and the server's role deletes none but with the whole course.
create table recall_answer (
  organisation_id uuid not null,
  person_id uuid not null,
  question_id uuid not null,
  number integer not null check (number > 0),
  -- How the question read.
  question_version_id uuid not null,
  per_mille smallint not null check (per_mille between 0 and 1000),
  rating text not null check (rating in ('again', 'hard', 'good', 'easy')),
  at timestamptz not null default moment(),
  -- The same moment as a day in Warsaw: days between answers are counted in it.
  day date not null default (moment() at time zone 'Europe/Warsaw')::date,
  seconds integer not null check (seconds between 1 and 300),
  primary key (organisation_id, person_id, question_id, number),
  -- What is not wholly right has been forgotten, whatever its person says.
  check ((rating = 'again') = (per_mille < 1000)),
  foreign key (organisation_id, person_id, question_id) references recall_card (organisation_id, person_id, question_id)
    on delete cascade,
  foreign key (organisation_id, question_version_id) references question_version (organisation_id, id)
);
-- A question is asked once a day.
create unique index recall_answer_day on recall_answer (organisation_id, person_id, day, question_id);
create trigger recall_answer_append_only before update on recall_answer
  for each statement execute function refuse_change();

call fence('recall');
call fence('recall_card');
call fence('recall_answer');

-- The wall between people. Restrictive: it stands beside the other, and both have to let a row through.
create policy own on recall as restrictive to tablica_app
  using (person_id = (select nullif(current_setting('app.person', true), '')::uuid))
  with check (person_id = (select nullif(current_setting('app.person', true), '')::uuid));
create policy own on recall_card as restrictive to tablica_app
  using (person_id = (select nullif(current_setting('app.person', true), '')::uuid))
  with check (person_id = (select nullif(current_setting('app.person', true), '')::uuid));
create policy own on recall_answer as restrictive to tablica_app
  using (person_id = (select nullif(current_setting('app.person', true), '')::uuid))
  with check (person_id = (select nullif(current_setting('app.person', true), '')::uuid));

grant select, insert, delete on recall to tablica_app;
grant select, insert, update on recall_card to tablica_app;
grant select, insert on recall_answer to tablica_app;

-- The questions that may be asked, as the newest version has them, and from which day. Only of tests that the person passed, so that
-- no key is shown before an attempt; none while a test of the course is under way, none of a test that never shows its key, and no
-- essays, which nobody is there to mark. Where the course stops counting before the day that is due, the question comes two weeks
-- before that end, unless it was answered in these weeks.
create view recall_ready with (security_invoker = true) as
  select o.organisation_id, o.person_id, o.course_id, q.question_id, q.question_version_id,
         k.stability, k.difficulty, k.reviewed_on, coalesce(k.reviews, 0) as reviews,
         case when k.due_on > t.valid_until and k.reviewed_on < t.valid_until - 14 then t.valid_until - 14
              else coalesce(k.due_on, (o.since at time zone 'Europe/Warsaw')::date) end as due_on
  from recall o
    join course c on c.id = o.course_id and c.state = 'published'
    cross join lateral (
      select v.question_id, v.id as question_version_id
      from version_quiz z
        join version_quiz_question p on p.version_id = z.version_id and p.unit_id = z.unit_id
        join question_version v on v.id = p.question_version_id
        cross join lateral (
          select exists (select from attempt a where a.person_id = o.person_id and a.unit_id = z.unit_id and a.passed) as yes
        ) passed
      where z.version_id = c.published_version_id and v.body -> 'kind' ->> 'type' <> 'essay'
      group by v.question_id, v.id
      having bool_or(passed.yes) and bool_and(z.settings ->> 'reveal' is distinct from 'never')
    ) q
    left join recall_card k
      on k.organisation_id = o.organisation_id and k.person_id = o.person_id and k.question_id = q.question_id
    cross join lateral (
      select max(t.valid_until) as valid_until from taking t
      where t.person_id = o.person_id and t.course_id = o.course_id and t.valid_until >= (moment() at time zone 'Europe/Warsaw')::date
    ) t
  where exists (select from enrolled e where e.course_id = o.course_id and e.person_id = o.person_id)
    and not exists (select from attempt a
                    where a.person_id = o.person_id and a.course_id = o.course_id and a.submitted_at is null);
grant select on recall_ready to tablica_app;

-- Erasure (art. 17 RODO): all of it goes, by somebody who may not read it. Owned by the owner of the tables, whom the wall between
-- people lets through; the one between organisations stands here too.
create function forget_recall(of_person uuid) returns bigint
  language sql volatile security definer set search_path = public as $$
  with gone as (delete from recall where person_id = of_person and in_scope(organisation_id) returning 1)
  select count(*) from gone
$$;
revoke all on function forget_recall(uuid) from public;
grant execute on function forget_recall(uuid) to tablica_app;
