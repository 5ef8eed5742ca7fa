-- Owner: courses. A test may draw from the bank of its course: from those questions with a tag that it does not have itself. What there
-- is to draw from is frozen with the version, as are the test's own questions: no attempt is drawn from what was tagged later.

-- Whether the question was there to be drawn from the bank; else the test has it itself. Those of the bank come behind the others, in
-- the order of their keys.
alter table version_quiz_question add column from_bank boolean not null default false;

-- What the tests of the drafts would draw from: of each test the questions of its course that it does not have itself and that have a
-- tag of one of its draws from the bank.
create view quiz_pool with (security_invoker = true) as
  select z.organisation_id, z.course_id, z.unit_id, q.id as question_id, q.key
  from quiz z join question q on q.course_id = z.course_id
  where z.removed_at is null
    and q.tags && array(select d ->> 'tag' from jsonb_array_elements(z.settings -> 'draws') d where d -> 'bank' = 'true'::jsonb)
    and not exists (select from quiz_question k where k.unit_id = z.unit_id and k.question_id = q.id);
grant select on quiz_pool to tablica_app;

-- Of a version of another organisation that may be read (`offered_units`), which of the questions are there to be drawn from the bank.
create function offered_pools(wanted uuid, shown uuid)
  returns table (unit_id uuid, key text)
  language plpgsql as $$
#variable_conflict use_column
declare
  own uuid := nullif(current_setting('app.organisation', true), '')::uuid;
  reach text := coalesce(current_setting('app.reach', true), '');
begin
  if own is null then return; end if;
  perform set_config('app.reach', 'installation', true);
  return query
  select p.unit_id, b.body ->> 'key' from version_quiz_question p join question_version b on b.id = p.question_version_id
  where p.version_id = shown and p.from_bank and offer_shows(own, wanted, shown);
  perform set_config('app.reach', reach, true);
end $$;
revoke execute on function offered_pools(uuid, uuid) from public;
grant execute on function offered_pools(uuid, uuid) to tablica_app;
