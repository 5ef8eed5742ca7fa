-- Owner: courses (open_course, open_request); identity (resident_setting, columns of person and person_group). Courses that are open
-- to everybody, and residents who make an account because they want a certificate.

-- A published course that anybody reads without an account. It names the version itself, so that what is public follows from these
-- rows and the published versions alone: a visitor never sees a row of `course` or of a draft.
create table open_course (
  course_id uuid primary key,
  organisation_id uuid not null,
  slug text not null,
  version_id uuid not null unique,
  opened_at timestamptz not null default moment(),
  opened_by uuid not null,
  unique (organisation_id, slug),
  foreign key (organisation_id, course_id) references course (organisation_id, id),
  foreign key (organisation_id, slug) references course (organisation_id, slug) on update cascade,
  foreign key (organisation_id, version_id) references course_version (organisation_id, id),
  foreign key (organisation_id, opened_by) references person (organisation_id, id)
);
call fence('open_course');
grant select, insert, delete, update (version_id) on open_course to tablica_app;

create function open_course_is_published() returns trigger language plpgsql as $$
begin
  if not exists (select from course c
                 where c.id = new.course_id and c.state = 'published' and c.published_version_id = new.version_id) then
    raise exception 'only what is published is open to everybody'
      using errcode = 'integrity_constraint_violation', constraint = 'open_course_is_published';
  end if;
  return new;
end $$;
create trigger open_course_is_published before insert or update on open_course
  for each row execute function open_course_is_published();

-- A new version is open at once; a course that is put away is closed, and stays closed when it is taken out again.
create function course_stays_open() returns trigger language plpgsql as $$
begin
  if new.state <> 'published' then
    delete from open_course where course_id = new.id;
  elsif new.published_version_id is distinct from old.published_version_id then
    update open_course set version_id = new.published_version_id where course_id = new.id;
  end if;
  return null;
end $$;
create trigger course_stays_open after update of state, published_version_id on course
  for each row execute function course_stays_open();

-- What a visitor sees (`base::Actor::visitor`, reach "open"): a third policy beside those of the wall, for reading alone, on these
-- tables and no others. Everybody else pays for it with one comparison a query. The functions obey the policies themselves; with a
-- path of their own they are neither read while another query is planned, nor lost where a copy of the database is written.
create function is_open_organisation(wanted uuid) returns boolean language sql stable parallel safe
  set search_path = public as $$
  select exists (select from open_course o where o.organisation_id = wanted)
$$;

create function is_open_version(wanted uuid) returns boolean language sql stable parallel safe
  set search_path = public as $$
  select exists (select from open_course o where o.version_id = wanted)
$$;

create function is_open_film(wanted uuid) returns boolean language sql stable parallel safe
  set search_path = public as $$
  select exists (select from open_course o join version_unit u on u.version_id = o.version_id where u.film_id = wanted)
$$;

-- A picture that a published text shows; one that was only added to the draft is none.
create function is_open_picture(wanted uuid, of_course uuid) returns boolean language sql stable parallel safe
  set search_path = public as $$
  select exists (
    select from open_course o join version_unit u on u.version_id = o.version_id
      left join version_translation t on t.version_id = u.version_id and t.unit_id = u.unit_id
    where o.course_id = of_course
      and (strpos(u.html, '/media/' || wanted::text || '/') > 0 or strpos(t.html, '/media/' || wanted::text || '/') > 0))
$$;

create procedure show_to_visitors(wanted regclass, condition text) language plpgsql as $$
begin
  execute format($p$create policy visitor on %s for select
                    using ((select coalesce(current_setting('app.reach', true), '') = 'open') and %s)$p$, wanted, condition);
end $$;
call show_to_visitors('open_course', 'true');
call show_to_visitors('organisation', 'is_open_organisation(id)');
call show_to_visitors('course_version', 'is_open_version(id)');
call show_to_visitors('version_unit', 'is_open_version(version_id)');
call show_to_visitors('version_translation', 'is_open_version(version_id)');
-- That a unit has a test, and its settings; never a question.
call show_to_visitors('version_quiz', 'is_open_version(version_id)');
call show_to_visitors('media', 'is_open_picture(id, course_id)');
call show_to_visitors('film', 'is_open_film(id)');
call show_to_visitors('rendition', 'is_open_film(film_id)');
call show_to_visitors('segment', 'is_open_film(film_id)');
call show_to_visitors('caption', 'is_open_film(film_id)');
drop procedure show_to_visitors(regclass, text);

-- What an organisation tells residents, and whether they may make an account themselves.
create table resident_setting (
  organisation_id uuid primary key references organisation (id),
  self_registration boolean not null default false,
  -- How the office is reached: it makes accounts where residents may not, and answers for their data (RODO art. 13).
  contact text not null default '' check (length(contact) <= 500),
  -- The data protection officer; empty when there is none.
  data_officer text not null default '' check (length(data_officer) <= 500),
  constraint resident_setting_contact check (not self_registration or btrim(contact) <> '')
);
call fence('resident_setting');
grant select, insert, update on resident_setting to tablica_app;

-- Somebody who made their account themselves: no employee. What concerns everybody in the organisation does not concern them.
alter table person add column resident boolean not null default false;
-- The group of residents, one an organisation.
alter table person_group drop constraint person_group_kind_check,
  add constraint person_group_kind_check check (kind in ('group', 'class', 'residents'));
create unique index person_group_residents on person_group (organisation_id) where kind = 'residents';

-- Somebody asked for an account, for one course. Nobody exists before the link in the letter was used. Rows go a day after the link.
create table open_request (
  id uuid primary key,
  organisation_id uuid not null references organisation (id),
  course_id uuid not null,
  given_name text not null check (length(given_name) between 1 and 100),
  family_name text not null check (length(family_name) between 1 and 100),
  email text not null check (email ~ '^[^@\s]+@[^@\s]+$' and length(email) <= 254),
  language text not null check (language in ('pl', 'en', 'uk')),
  token_hash bytea not null unique check (octet_length(token_hash) = 32),
  -- Of the network address that it came from.
  source_hash bytea not null check (octet_length(source_hash) = 32),
  made_at timestamptz not null default moment(),
  expires_at timestamptz not null,
  used_at timestamptz,
  foreign key (organisation_id, course_id) references course (organisation_id, id)
);
create index open_request_email on open_request (organisation_id, lower(email), made_at);
create index open_request_source on open_request (source_hash, made_at);
create index open_request_expiry on open_request (expires_at);
call fence('open_request');
grant select, insert, delete, update (used_at) on open_request to tablica_app;

-- As before, but everybody of an organisation is not those who made their account themselves.
create or replace view covered with (security_invoker = true) as
  with recursive below (organisation_id, root_id, id) as (
    select organisation_id, id, id from org_unit
    union
    select u.organisation_id, below.root_id, u.id from org_unit u
      join below on u.parent_id = below.id and u.organisation_id = below.organisation_id
  )
  select e.organisation_id, e.id as enrolment_id, e.course_id, e.person_id from enrolment e where e.target = 'person'
  union all
  select e.organisation_id, e.id, e.course_id, m.person_id from enrolment e
    join membership m on m.group_id = e.group_id where e.target = 'group'
  union all
  select e.organisation_id, e.id, e.course_id, h.person_id from enrolment e
    join position_holder h on h.position_id = e.position_id where e.target = 'position'
  union all
  select e.organisation_id, e.id, e.course_id, p.id from enrolment e
    join below on below.root_id = e.org_unit_id
    join person p on p.org_unit_id = below.id and p.organisation_id = e.organisation_id where e.target = 'unit'
  union all
  select e.organisation_id, e.id, e.course_id, p.id from enrolment e
    join person p on p.organisation_id = e.organisation_id where e.target = 'organisation' and not p.resident;

-- As before, but the catalogue of the organisation is not theirs, and what is open is everybody's.
create or replace function find_passages(wanted uuid, question text, teaches boolean, everything boolean, each integer, most integer)
  returns table (course_slug text, course_title text, language text, kind text, slug text, title text, text text,
                 starts integer[], lines text[])
  language plpgsql stable security definer set search_path = public as $$
declare
  outside boolean := coalesce((select p.resident from person p where p.id = person_in_scope()), false);
begin
  if not in_scope(wanted) then return; end if;
  return query
  with hit as materialized (
    select p.course_id, p.kind, p.slug, p.title, p.text, p.starts, p.lines,
           ts_rank(p.words, question::tsquery) * case p.kind when 'caption' then 0.8 else 1 end as rank
    from search_passage p where p.organisation_id = wanted and p.words @@ question::tsquery limit 5000),
  seen as materialized (
    select c.id, c.slug, v.title, v.language from course c join course_version v on v.id = c.published_version_id
    where c.id in (select h.course_id from hit h) and c.organisation_id = wanted and c.state = 'published'
      and (c.listed and not outside or everything
           or exists (select from open_course o where o.course_id = c.id)
           or c.id in (select e.course_id from enrolled e where e.person_id = person_in_scope())
           or teaches and exists (select from course_teacher t where t.course_id = c.id and t.person_id = person_in_scope()))),
  placed as (
    select h.*, row_number() over (partition by h.course_id order by h.rank desc, h.kind, h.slug, h.starts) as at,
           max(h.rank) over (partition by h.course_id) as best
    from hit h where h.course_id in (select s.id from seen s))
  select s.slug, s.title, s.language, p.kind, p.slug, p.title, p.text, p.starts, p.lines
  from placed p join seen s on s.id = p.course_id where p.at <= each
  order by p.best desc, s.title, s.id, p.at limit most;
end $$;
