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
