-- Owner: courses. Questions in several languages: their words alone. What is right, what it is worth and in which order the parts
-- stand is always the question's own (`question_version`), so grading is the same whatever language is read.

-- The words of a question in another language than the course's, by the names of their fields. `based_on_hash`: SHA-256 of the
-- question's own words that were translated; another one means that they have changed since.
create table question_text (
  organisation_id uuid not null,
  question_id uuid not null,
  language text not null check (language in ('pl', 'en', 'uk')),
  texts jsonb not null check (jsonb_typeof(texts) = 'object'),
  based_on_hash bytea not null check (octet_length(based_on_hash) = 32),
  revision integer not null default 1,
  updated_by uuid not null,
  updated_at timestamptz not null default moment(),
  primary key (question_id, language),
  foreign key (organisation_id, question_id) references question (organisation_id, id),
  foreign key (organisation_id, updated_by) references person (organisation_id, id)
);
call fence('question_text');
grant select, insert, update, delete on question_text to tablica_app;

-- The same as it was published: attempts at this version are asked and graded with it. Only words that follow the question as the
-- version has it come here.
create table version_question_text (
  organisation_id uuid not null,
  version_id uuid not null,
  question_version_id uuid not null,
  language text not null,
  texts jsonb not null,
  primary key (version_id, question_version_id, language),
  foreign key (organisation_id, version_id) references course_version (organisation_id, id),
  foreign key (organisation_id, question_version_id) references question_version (organisation_id, id)
);
create trigger version_question_text_append_only before update or delete on version_question_text
  for each statement execute function refuse_change();
call fence('version_question_text');
grant select, insert on version_question_text to tablica_app;

-- The words of the questions of an offered version in other languages.
create function offered_question_texts(wanted uuid, shown uuid)
  returns table (unit_id uuid, key text, language text, texts jsonb)
  language plpgsql as $$
#variable_conflict use_column
declare
  own uuid := nullif(current_setting('app.organisation', true), '')::uuid;
  reach text := coalesce(current_setting('app.reach', true), '');
begin
  if own is null then return; end if;
  perform set_config('app.reach', 'installation', true);
  return query
  select p.unit_id, b.body ->> 'key', t.language, t.texts from version_question_text t
    join version_quiz_question p on p.version_id = t.version_id and p.question_version_id = t.question_version_id
    join question_version b on b.id = t.question_version_id
  where t.version_id = shown and offer_shows(own, wanted, shown) order by p.unit_id, p.position, t.language;
  perform set_config('app.reach', reach, true);
end $$;
revoke execute on function offered_question_texts(uuid, uuid) from public;
grant execute on function offered_question_texts(uuid, uuid) to tablica_app;

-- The pictures that the version shows: those that its pages name, and those that its questions may name, in whichever language.
create or replace function offered_pictures(wanted uuid, shown uuid)
  returns table (media_id uuid, name text, media_type text, sha256 bytea, blob_key text)
  language plpgsql as $$
#variable_conflict use_column
declare
  own uuid := nullif(current_setting('app.organisation', true), '')::uuid;
  reach text := coalesce(current_setting('app.reach', true), '');
begin
  if own is null then return; end if;
  perform set_config('app.reach', 'installation', true);
  return query
  select distinct on (m.name) m.id, m.name, m.media_type, m.sha256, m.blob_key
  from catalogue_offer o join media m on m.course_id = o.course_id
    cross join lateral (
      select exists (select 1 from version_unit u where u.version_id = shown and strpos(u.html, '/media/' || m.id::text || '/') > 0)
          or exists (select 1 from version_translation t
                     where t.version_id = shown and strpos(t.html, '/media/' || m.id::text || '/') > 0) as on_a_page) l
  where o.id = wanted and offer_shows(own, wanted, shown)
    and (l.on_a_page or exists (
          select 1 from version_quiz_question p join question_version b on b.id = p.question_version_id
          where p.version_id = shown and strpos(b.body::text, m.name) > 0)
      or exists (select 1 from version_question_text t where t.version_id = shown and strpos(t.texts::text, m.name) > 0))
  order by m.name, l.on_a_page desc, m.replaced_at is null desc, m.created_at desc;
  perform set_config('app.reach', reach, true);
end $$;
