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
