-- Owner: courses. Reports for heads and for the office count those who work there; the title of a course in other languages is found by
-- the search and shown to whoever reads in them.

-- As before, without residents: what they take of their own will is no training of the office's people. The day somebody comes to work
-- for the office they are in, with all that they finished before (`person.resident` ends then).
create or replace view training with (security_invoker = true) as
  select t.organisation_id, t.id as taking_id, t.course_id, t.person_id, p.org_unit_id, t.cycle, x.assigned_on, x.deadline,
         t.extended_to is not null as extended, x.done_on, t.version_id, t.valid_until, t.exempt_reason,
         case when x.done_on is not null then case when t.valid_until < x.today then 'expired' else 'done' end
              when t.exempted_at is not null then 'exempt'
              when t.released_at is not null then 'released'
              when x.deadline < x.today then 'late' else 'open' end as standing,
         greatest(0, case when x.done_on is not null then x.done_on - x.deadline
                          when t.exempted_at is null and t.released_at is null then x.today - x.deadline end) as late_days,
         not exists (select from taking n where n.person_id = t.person_id and n.course_id = t.course_id and n.cycle > t.cycle) as newest,
         coalesce(x.done_on, x.exempted_on, x.deadline, x.assigned_on) as day
  from taking t join person p on p.id = t.person_id and not p.resident
    cross join lateral (
      select (moment() at time zone 'Europe/Warsaw')::date as today, coalesce(t.extended_to, t.due_on) as deadline,
             (t.assigned_at at time zone 'Europe/Warsaw')::date as assigned_on, (t.done_at at time zone 'Europe/Warsaw')::date as done_on,
             (t.exempted_at at time zone 'Europe/Warsaw')::date as exempted_on) x
  where t.assigned_at is not null or t.done_at is not null;

-- The title and the summary of a course in another language are passages too. Null: in the course's own language.
alter table search_passage add column language text check (language is null or kind = 'course');

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
  insert into search_passage (organisation_id, course_id, kind, unit_id, slug, title, text, words)
  select c.organisation_id, c.id, 'unit', u.unit_id, u.slug, u.title, t.plain,
         setweight(to_tsvector('simple', search_fold(u.title)), 'A') || to_tsvector('simple', search_fold(t.plain))
  from course c join version_unit u on u.version_id = c.published_version_id
    cross join lateral (select search_text(u.html) as plain) t
  where c.id = wanted and c.state = 'published';
  for shown in
    select c.organisation_id, c.id, u.unit_id, u.film_id, u.slug, u.title
    from course c join version_unit u on u.version_id = c.published_version_id
    where c.id = wanted and c.state = 'published' and u.film_id is not null
  loop
    call search_captions(shown.organisation_id, shown.id, shown.unit_id, shown.film_id, shown.slug, shown.title);
  end loop;
end $$;

-- As before; the title of each course is told in the language in which the person reads it, and of one title in several languages one
-- passage is answered: theirs if it has the words, else the one of the course's own language.
drop function find_passages(uuid, text, boolean, boolean, integer, integer);
create function find_passages(wanted uuid, question text, teaches boolean, everything boolean, each integer, most integer)
  returns table (course_slug text, course_title text, language text, kind text, slug text, title text, text text,
                 starts integer[], lines text[], title_language text, spoken text)
  language plpgsql stable security definer set search_path = public as $$
declare
  outside boolean := coalesce((select p.resident from person p where p.id = person_in_scope()), false);
  reads text := (select p.language from person p where p.id = person_in_scope());
begin
  if not in_scope(wanted) then return; end if;
  return query
  with hit as materialized (
    select p.course_id, p.kind, p.slug, p.title, p.text, p.starts, p.lines, p.language as said_in,
           ts_rank(p.words, question::tsquery) * case p.kind when 'caption' then 0.8 else 1 end as rank
    from search_passage p where p.organisation_id = wanted and p.words @@ question::tsquery limit 5000),
  seen as materialized (
    select c.id, c.slug, coalesce(n.title, v.title) as told, coalesce(n.language, v.language) as told_in, n.language as other,
           v.language as own
    from course c join course_version v on v.id = c.published_version_id
      left join reading_language r on r.person_id = person_in_scope() and r.course_id = c.id
      left join version_title n on n.version_id = v.id and n.language = coalesce(r.language, reads)
    where c.id in (select h.course_id from hit h) and c.organisation_id = wanted and c.state = 'published'
      and (c.listed and not outside or everything
           or exists (select from open_course o where o.course_id = c.id)
           or c.id in (select e.course_id from enrolled e where e.person_id = person_in_scope())
           or teaches and exists (select from course_teacher t where t.course_id = c.id and t.person_id = person_in_scope()))),
  turned as (
    select h.*, row_number() over (partition by h.course_id, h.kind
                                   order by h.said_in is not distinct from s.other desc, h.said_in nulls first) as turn
    from hit h join seen s on s.id = h.course_id),
  placed as (
    select h.*, row_number() over (partition by h.course_id order by h.rank desc, h.kind, h.slug, h.starts) as at,
           max(h.rank) over (partition by h.course_id) as best
    from turned h where h.kind <> 'course' or h.turn = 1)
  select s.slug, s.told, s.own, p.kind, p.slug, p.title, p.text, p.starts, p.lines, s.told_in, coalesce(p.said_in, s.own)
  from placed p join seen s on s.id = p.course_id where p.at <= each
  order by p.best desc, s.told, s.id, p.at limit most;
end $$;
revoke execute on function find_passages(uuid, text, boolean, boolean, integer, integer) from public;
grant execute on function find_passages(uuid, text, boolean, boolean, integer, integer) to tablica_app;

-- What is published already.
select set_config('app.reach', 'installation', true);
do $$
declare
  published uuid;
begin
  for published in select v.course_id from version_title n join course_version v on v.id = n.version_id
                     join course c on c.published_version_id = v.id and c.state = 'published' group by v.course_id loop
    call search_course(published);
  end loop;
end $$;
select set_config('app.reach', '', true);

-- Of which version of the publisher those who look after an adopted course were told: of each once.
create table adoption_told (
  organisation_id uuid not null,
  course_id uuid not null references adoption (course_id),
  version_id uuid not null references course_version (id),
  told_at timestamptz not null default moment(),
  primary key (course_id, version_id),
  foreign key (organisation_id, course_id) references course (organisation_id, id)
);
create trigger adoption_told_append_only before update or delete on adoption_told
  for each statement execute function refuse_change();
call fence('adoption_told');
grant select, insert on adoption_told to tablica_app;

-- Notices: one more kind.
alter table notice drop constraint notice_kind_check,
  add constraint notice_kind_check check (kind in ('assigned', 'new_version', 'teaching', 'adopted_newer', 'expiring', 'expired'));
alter table notice_wish drop constraint notice_wish_kind_check,
  add constraint notice_wish_kind_check check (kind in ('assigned', 'new_version', 'teaching', 'adopted_newer', 'expiring', 'expired'));
