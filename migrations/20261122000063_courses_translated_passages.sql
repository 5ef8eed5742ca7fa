-- Owner: courses. The texts of units in other languages are found by whoever reads in them.

-- A row for each of them, as for titles in other languages. Null: in the course's own language; of captions it is not told.
do $$
declare
  said name;
begin
  select conname into strict said from pg_constraint
  where conrelid = 'search_passage'::regclass and contype = 'c' and pg_get_constraintdef(oid) like '%language%';
  execute format('alter table search_passage drop constraint %I', said);
end $$;
alter table search_passage
  add constraint search_passage_language check (language is null or kind in ('course', 'unit'));

-- As before, with the texts of units in every language in which they were published.
create or replace procedure search_course(wanted uuid) language plpgsql as $$
declare
  shown record;
begin
  delete from search_passage where course_id = wanted;
  insert into search_passage (organisation_id, course_id, kind, language, title, text, words)
  select c.organisation_id, c.id, 'course', t.language, t.title, t.summary,
         setweight(to_tsvector('simple', search_fold(t.title)), 'A') || setweight(to_tsvector('simple', search_fold(t.summary)), 'B')
  from course c join course_version v on v.id = c.published_version_id
    cross join lateral (
      select null::text as language, v.title, v.summary
      union all select n.language, n.title, n.summary from version_title n where n.version_id = v.id) t
  where c.id = wanted and c.state = 'published';
  insert into search_passage (organisation_id, course_id, kind, language, unit_id, slug, title, text, words)
  select c.organisation_id, c.id, 'unit', t.language, u.unit_id, u.slug, t.title, t.plain,
         setweight(to_tsvector('simple', search_fold(t.title)), 'A') || to_tsvector('simple', search_fold(t.plain))
  from course c join version_unit u on u.version_id = c.published_version_id
    cross join lateral (
      select null::text as language, u.title, search_text(u.html) as plain
      union all
      select o.language, o.title, search_text(o.html) from version_translation o
      where o.version_id = u.version_id and o.unit_id = u.unit_id) t
  where c.id = wanted and c.state = 'published';
  for shown in
    select c.organisation_id, c.id, u.unit_id, u.film_id, u.slug, u.title
    from course c join version_unit u on u.version_id = c.published_version_id
    where c.id = wanted and c.state = 'published' and u.film_id is not null
  loop
    call search_captions(shown.organisation_id, shown.id, shown.unit_id, shown.film_id, shown.slug, shown.title);
  end loop;
end $$;

-- As before; of the texts of a unit those count that its page would show the person: in the language that they read the course in, and
-- in the course's own, which is read where there is no other. Of one unit in both, one passage is answered: theirs if it has the words.
-- Titles of courses are found in any language still. Texts that a person does not read take nobody's place among those that count.
create or replace function find_passages(wanted uuid, question text, teaches boolean, everything boolean, each integer, most integer)
  returns table (course_slug text, course_title text, language text, kind text, slug text, title text, text text,
                 starts integer[], lines text[], title_language text, spoken text)
  language plpgsql stable security definer set search_path = public set plan_cache_mode = force_generic_plan as $$
declare
  outside boolean := coalesce((select p.resident from person p where p.id = person_in_scope()), false);
  reads text := (select p.language from person p where p.id = person_in_scope());
begin
  if not in_scope(wanted) then return; end if;
  return query
  with visible as materialized (
    select c.id, c.slug, c.published_version_id as version_id, coalesce(r.language, reads) as read_in
    from course c left join reading_language r on r.person_id = person_in_scope() and r.course_id = c.id
    where c.organisation_id = wanted and c.state = 'published'
      and (c.listed and not outside or everything
           or c.id in (select o.course_id from open_course o)
           or c.id in (select e.course_id from covering(person_in_scope()) e)
           or teaches and c.id in (select t.course_id from course_teacher t where t.person_id = person_in_scope()))),
  hit as materialized (
    (select p.ctid as place, p.course_id, p.kind, p.unit_id, p.slug, p.starts, p.language as said_in,
            ts_rank(p.words, question::tsquery) as rank
     from search_passage p
     where p.organisation_id = wanted and p.kind = 'course' and p.words @@ question::tsquery
       and p.course_id in (select v.id from visible v)
     order by rank desc, p.course_id limit 300)
    union all
    (select p.ctid, p.course_id, p.kind, p.unit_id, p.slug, p.starts, p.language,
            ts_rank(p.words, question::tsquery) * case p.kind when 'caption' then 0.8 else 1 end
     from search_passage p
     where p.organisation_id = wanted and p.kind <> 'course' and p.words @@ question::tsquery
       and p.course_id in (select v.id from visible v)
       and (p.language is null or (p.course_id, p.language) in (select v.id, v.read_in from visible v)) limit 400)),
  seen as materialized (
    select c.id, c.slug, coalesce(n.title, v.title) as told, coalesce(n.language, v.language) as told_in, c.read_in, v.language as own
    from visible c join course_version v on v.id = c.version_id
      left join version_title n on n.version_id = v.id and n.language = c.read_in
    where c.id in (select h.course_id from hit h)),
  turned as (
    select h.*, row_number() over (partition by h.course_id, h.kind, h.unit_id
                                   order by h.said_in is not distinct from s.read_in desc, h.said_in nulls first) as turn
    from hit h join seen s on s.id = h.course_id),
  placed as (
    select h.place, h.course_id, h.said_in,
           row_number() over (partition by h.course_id order by h.rank desc, h.kind, h.slug, h.starts) as at,
           max(h.rank) over (partition by h.course_id) as best
    from turned h where h.kind = 'caption' or h.turn = 1),
  chosen as materialized (
    select h.place, h.said_in, h.at, h.best, s.id, s.slug, s.told, s.own, s.told_in
    from placed h join seen s on s.id = h.course_id where h.at <= each
    order by h.best desc, s.told, s.id, h.at limit most)
  select h.slug, h.told, h.own, p.kind, p.slug, p.title, p.text, p.starts, p.lines, h.told_in, coalesce(h.said_in, h.own)
  from chosen h join search_passage p on p.ctid = h.place
  order by h.best desc, h.told, h.id, h.at;
end $$;

-- What is published already.
select set_config('app.reach', 'installation', true);
do $$
declare
  published uuid;
begin
  for published in select v.course_id from version_translation o join course_version v on v.id = o.version_id
                     join course c on c.published_version_id = v.id and c.state = 'published' group by v.course_id loop
    call search_course(published);
  end loop;
end $$;
select set_config('app.reach', '', true);
