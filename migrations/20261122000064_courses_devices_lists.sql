-- Owner: courses and devices. Long lists of people and devices: searched, put in order and read a page at a time.

-- What a list is searched through: small letters without Polish signs, so "lukasz" finds "Łukasz". Unlike `search_fold` it keeps what
-- stands between letters, because numbers of devices have it.
create function list_fold(said text) returns text language sql immutable parallel safe strict as $$
  select translate(lower(said collate "pl-x-icu"), 'ąćęłńóśźż', 'acelnoszz')
$$;
revoke execute on function list_fold(text) from public;
grant execute on function list_fold(text) to tablica_app;

-- The first words of a question, folded alike, each as a pattern of LIKE in which wildcards are letters like any other. Every word has
-- to fit; none at all fits everything.
create function list_words(question text) returns text[] language sql immutable parallel safe strict as $$
  select coalesce(array_agg('%' || regexp_replace(w.word, '([\\%_])', '\\\1', 'g') || '%'), '{}')
  from (select s.word from regexp_split_to_table(list_fold(question), '\s+') s (word) where s.word <> '' limit 6) w
$$;
revoke execute on function list_words(text) from public;
grant execute on function list_words(text) to tablica_app;

-- Courses. Whom the enrolments of one course cover, each once: by index, however many people and units the organisation has. The view
-- `covered` says the same of everybody; asked for one course it joins all people with all units first.
create function learners_of(of_course uuid) returns table (person_id uuid)
  language plpgsql stable rows 500 set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  return query
  with recursive below (organisation_id, id) as (
    select e.organisation_id, e.org_unit_id from enrolment e where e.course_id = of_course and e.org_unit_id is not null
    union
    select u.organisation_id, u.id from below b join org_unit u on u.parent_id = b.id and u.organisation_id = b.organisation_id)
  select e.person_id from enrolment e where e.course_id = of_course and e.person_id is not null
  union
  select m.person_id from enrolment e
    cross join lateral (select m.person_id from membership m where m.group_id = e.group_id offset 0) m
  where e.course_id = of_course and e.group_id is not null
  union
  select h.person_id from enrolment e
    cross join lateral (select h.person_id from position_holder h where h.position_id = e.position_id offset 0) h
  where e.course_id = of_course and e.position_id is not null
  union
  select p.id from below b
    cross join lateral (
      select p.id from person p where p.organisation_id = b.organisation_id and p.org_unit_id = b.id offset 0) p
  union
  select p.id from enrolment e
    cross join lateral (select p.id from person p where p.organisation_id = e.organisation_id and not p.resident offset 0) p
  where e.course_id = of_course and e.target = 'organisation';
end $$;
revoke execute on function learners_of(uuid) from public;
grant execute on function learners_of(uuid) to tablica_app;

-- One page of the learners of a course: of those whose name has every word of the question and who stand as asked, in this order, after so
-- many, at most so many (null: all). Before them how many take the course, how many of them finished it, and how many fit; where nobody
-- is on the page, one row says that alone. Names are read of everybody who takes the course; how far somebody is only of
-- those on the page, unless it is the order; when they were last there likewise. Equal ones follow by name and id.
create function learners_page(of_course uuid, question text, standing text, by_order text, after_many bigint, most bigint)
  returns table (total bigint, finished bigint, fitting bigint, person_id uuid, family_name text, given_name text, unit_name text,
                 done bigint, at_title text, last_at timestamptz, overdue_since date)
  language plpgsql stable rows 100 set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  words constant text[] := list_words(question);
  today constant date := (moment() at time zone 'Europe/Warsaw')::date;
  shown constant uuid[] := array(select u.unit_id from course c join version_unit u on u.version_id = c.published_version_id
                                 where c.id = of_course);
begin
  return query
  with latest as materialized (
    select distinct on (t.person_id) t.person_id, t.cycle, t.begun_at, t.done_at,
           case when t.done_at is null and t.exempted_at is null and t.released_at is null and t.deadline < today
                then t.deadline end as late
    from taking t where t.course_id = of_course order by t.person_id, t.cycle desc),
  everybody as materialized (
    select w.person_id, coalesce(k.cycle, 1) as cycle, k.begun_at, k.done_at, k.late
    from learners_of(of_course) w left join latest k on k.person_id = w.person_id),
  counted as materialized (select count(*) as total, count(e.done_at) as finished from everybody e),
  fits as materialized (
    select e.person_id, e.cycle, e.late, p.family_name, p.given_name, p.org_unit_id,
           case when by_order in ('progress', 'progress_down') then (
             select count(*) from progress g
             where g.course_id = of_course and g.person_id = e.person_id and g.cycle = e.cycle and g.done_at is not null
               and g.unit_id = any (shown)) end as done,
           case when by_order in ('seen', 'seen_down') then (
             select b.at from bookmark b where b.person_id = e.person_id and b.course_id = of_course) end as seen
    from everybody e
      cross join lateral (
        select h.family_name, h.given_name, h.org_unit_id from person h where h.id = e.person_id offset 0) p
    where case standing
            when 'not_begun' then e.begun_at is null and e.done_at is null
            when 'under_way' then e.begun_at is not null and e.done_at is null
            when 'done' then e.done_at is not null
            when 'overdue' then e.late is not null
            else true end
      and (cardinality(words) = 0 or list_fold(p.given_name || ' ' || p.family_name) like all (words))),
  page as materialized (
    select row_number() over () as place, o.*
    from (select f.* from fits f
          order by case by_order when 'progress' then f.done end, case by_order when 'progress_down' then f.done end desc,
                   case by_order when 'seen' then f.seen end nulls first,
                   case by_order when 'seen_down' then f.seen end desc nulls last,
                   f.family_name collate "pl-x-icu", f.given_name collate "pl-x-icu", f.person_id
          offset after_many limit most) o)
  select c.total, c.finished, (select count(*) from fits), g.person_id, g.family_name, g.given_name, u.name,
         coalesce(g.done, (select count(*) from progress r
                           where r.course_id = of_course and r.person_id = g.person_id and r.cycle = g.cycle and r.done_at is not null
                             and r.unit_id = any (shown))),
         t.title, b.at, g.late
  from counted c left join page g on true
    left join org_unit u on u.id = g.org_unit_id
    left join lateral (
      select m.at, m.unit_id from bookmark m where m.person_id = g.person_id and m.course_id = of_course offset 0) b on true
    left join unit t on t.id = b.unit_id
  order by g.place;
end $$;
revoke execute on function learners_page(uuid, text, text, text, bigint, bigint) from public;
grant execute on function learners_page(uuid, text, text, text, bigint, bigint) to tablica_app;
