-- Owner: courses and devices. Pages that cost the same however much an installation holds.

-- Courses. The enrolments that make somebody take a course, found from the person: by index, whatever the number of units and of
-- enrolments. The view `covered` says the same of everybody; asked for one person it reads every unit of the organisation first, and in
-- a statement with others it takes longer to plan than to run. Planned once a connection, hence a function that is never planned for
-- single values.
create function covering(of_person uuid) returns table (enrolment_id uuid, course_id uuid)
  language plpgsql stable rows 30 set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  return query
  with recursive above (id) as (
    select p.org_unit_id from person p where p.id = of_person
    union
    select u.parent_id from above join org_unit u on u.id = above.id)
  select e.id, e.course_id from enrolment e where e.person_id = of_person
  union all
  select e.id, e.course_id from membership m join enrolment e on e.group_id = m.group_id where m.person_id = of_person
  union all
  select e.id, e.course_id from position_holder h join enrolment e on e.position_id = h.position_id where h.person_id = of_person
  union all
  select e.id, e.course_id from above join enrolment e on e.org_unit_id = above.id
  union all
  select e.id, e.course_id
  from person p join enrolment e on e.organisation_id = p.organisation_id and e.target = 'organisation'
  where p.id = of_person and not p.resident;
end $$;
revoke execute on function covering(uuid) from public;
grant execute on function covering(uuid) to tablica_app;

-- What a plan is told of these: with a thousand rows each the first page seemed so large that PostgreSQL compiled it (jit).
alter function overdue_followed(uuid, uuid, boolean) rows 1;
alter function unseen_drafts(uuid, bigint) rows 5;

-- What the catalogue looks through, ready in small letters: making it of each of hundreds of titles took longer than everything else.
alter table course_version add column sought text generated always as (lower(title || ' ' || summary)) stored;
alter table version_title add column sought text generated always as (lower(title || ' ' || summary)) stored;

-- Devices. What a person has, or signed for, and is to bring back within so many days, the earliest first. Their loans are found by
-- index, however many the organisation lends; and never planned for single values, which took longer than finding that there are none.
create function devices_to_return(of_organisation uuid, of_person uuid, within_days integer)
  returns table (loan_id uuid, model text, inventory_no text, due_on date, days integer)
  language plpgsql stable rows 5 set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  today constant date := (moment() at time zone 'Europe/Warsaw')::date;
begin
  return query
  select l.id, k.name || ' ' || m.name, s.inventory_no, l.due_on, l.due_on - today
  from (select h.id, h.due_on
        from (select l.id, l.due_on from loan l
              where l.organisation_id = of_organisation and l.beneficiary_id = of_person
                and l.handed_over_at is not null and l.returned_at is null and l.due_on <= today + within_days
              union
              select l.id, l.due_on
              from loan_party p
                cross join lateral (
                  select a.id, a.due_on from loan a
                  where a.agreement_id = p.agreement_id and a.handed_over_at is not null and a.returned_at is null
                    and a.due_on <= today + within_days offset 0) l
              where p.organisation_id = of_organisation and p.person_id = of_person and p.until is null) h
        order by h.due_on, h.id limit 100) mine
    join loan l on l.id = mine.id join asset s on s.id = l.asset_id
    join asset_model m on m.id = s.model_id join maker k on k.id = s.maker_id
  order by l.due_on, l.id;
end $$;
revoke execute on function devices_to_return(uuid, uuid, integer) from public;
grant execute on function devices_to_return(uuid, uuid, integer) to tablica_app;

-- Courses. As before, but a word that stands everywhere costs no more than one that stands in some hundred places: of the courses that
-- the person may see, three hundred titles count and four hundred other passages; texts are read of those alone that are
-- answered. Courses that may not be seen take nobody's place.
create index search_passage_titles on search_passage using gin (organisation_id, words) with (fastupdate = off) where kind = 'course';
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
    select c.id, c.slug, c.published_version_id as version_id
    from course c
    where c.organisation_id = wanted and c.state = 'published'
      and (c.listed and not outside or everything
           or c.id in (select o.course_id from open_course o)
           or c.id in (select e.course_id from covering(person_in_scope()) e)
           or teaches and c.id in (select t.course_id from course_teacher t where t.person_id = person_in_scope()))),
  hit as materialized (
    (select p.ctid as place, p.course_id, p.kind, p.slug, p.starts, p.language as said_in,
            ts_rank(p.words, question::tsquery) as rank
     from search_passage p
     where p.organisation_id = wanted and p.kind = 'course' and p.words @@ question::tsquery
       and p.course_id in (select v.id from visible v) limit 300)
    union all
    (select p.ctid, p.course_id, p.kind, p.slug, p.starts, p.language,
            ts_rank(p.words, question::tsquery) * case p.kind when 'caption' then 0.8 else 1 end
     from search_passage p
     where p.organisation_id = wanted and p.kind <> 'course' and p.words @@ question::tsquery
       and p.course_id in (select v.id from visible v) limit 400)),
  seen as materialized (
    select c.id, c.slug, coalesce(n.title, v.title) as told, coalesce(n.language, v.language) as told_in, n.language as other,
           v.language as own
    from visible c join course_version v on v.id = c.version_id
      left join reading_language r on r.person_id = person_in_scope() and r.course_id = c.id
      left join version_title n on n.version_id = v.id and n.language = coalesce(r.language, reads)
    where c.id in (select h.course_id from hit h)),
  turned as (
    select h.*, row_number() over (partition by h.course_id, h.kind
                                   order by h.said_in is not distinct from s.other desc, h.said_in nulls first) as turn
    from hit h join seen s on s.id = h.course_id),
  placed as (
    select h.place, h.course_id, h.said_in,
           row_number() over (partition by h.course_id order by h.rank desc, h.kind, h.slug, h.starts) as at,
           max(h.rank) over (partition by h.course_id) as best
    from turned h where h.kind <> 'course' or h.turn = 1),
  chosen as materialized (
    select h.place, h.said_in, h.at, h.best, s.id, s.slug, s.told, s.own, s.told_in
    from placed h join seen s on s.id = h.course_id where h.at <= each
    order by h.best desc, s.told, s.id, h.at limit most)
  select h.slug, h.told, h.own, p.kind, p.slug, p.title, p.text, p.starts, p.lines, h.told_in, coalesce(h.said_in, h.own)
  from chosen h join search_passage p on p.ctid = h.place
  order by h.best desc, h.told, h.id, h.at;
end $$;

-- Devices. What was just put in is found by the index itself, not by a list beside it that every search reads from end to end until
-- somebody sweeps it: after an import that list made searching slower than everything else on the page.
alter index asset_search_line set (fastupdate = off);
alter index search_passage_words set (fastupdate = off);
select gin_clean_pending_list('asset_search_line'), gin_clean_pending_list('search_passage_words');

-- What one person has, by its last day.
create index loan_held on loan (organisation_id, beneficiary_id, due_on) where handed_over_at is not null and returned_at is null;

-- As before, with who takes the course found from the person.
create or replace view recall_ready with (security_invoker = true) as
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
  where exists (select from covering(o.person_id) e where e.course_id = o.course_id)
    and not exists (select from attempt a
                    where a.person_id = o.person_id and a.course_id = o.course_id and a.submitted_at is null);

-- Courses. Which certificates are meant, by the one index that the wishes ask for. One statement for all wishes (`$1 is null or …`) had
-- to be planned anew for each page of a finished course once there were many.
create function certificates_wanted(wanted uuid, of_person uuid, of_course uuid, by_token bytea, by_number bytea, most bigint)
  returns setof uuid language plpgsql stable rows 5 set plan_cache_mode = force_generic_plan as $$
begin
  if wanted is not null then
    return query
    select c.id from certificate c
    where c.id = wanted and (of_course is null or c.course_id = of_course)
      and (of_person is null or exists (select from certificate_holder h where h.certificate_id = c.id and h.person_id = of_person));
  elsif by_token is not null then
    return query select c.id from certificate c where c.token_hash = by_token;
  elsif by_number is not null then
    return query select c.id from certificate c where c.number_hash = by_number;
  elsif of_person is not null then
    return query
    select c.id from (select h.certificate_id from certificate_holder h where h.person_id = of_person offset 0) h
      join certificate c on c.id = h.certificate_id
    where of_course is null or c.course_id = of_course order by c.issued_at desc, c.id desc limit most;
  else
    return query select c.id from certificate c where c.course_id = of_course order by c.issued_at desc, c.id desc limit most;
  end if;
end $$;
revoke execute on function certificates_wanted(uuid, uuid, uuid, bytea, bytea, bigint) from public;
grant execute on function certificates_wanted(uuid, uuid, uuid, bytea, bytea, bigint) to tablica_app;
