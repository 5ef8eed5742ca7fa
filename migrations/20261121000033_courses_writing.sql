-- Owner: courses. Writing: findings that were waived, review by a second person, publishing at a set time, units that came from
-- another course, texts in other languages.

-- Whether a second person reviews a draft before it is published: as the organisation says, unless the course says otherwise.
create table writing_setting (
  organisation_id uuid primary key references organisation (id),
  review_required boolean not null default false
);
call fence('writing_setting');
grant select, insert, update on writing_setting to tablica_app;
alter table course add column review_required boolean;

create function review_is_required(organisation uuid, course uuid) returns boolean language sql stable as $$
  select coalesce((select c.review_required from course c where c.id = course and c.organisation_id = organisation),
                  (select s.review_required from writing_setting s where s.organisation_id = organisation), false)
$$;

-- A grave finding that somebody answers for: it holds for that text alone, whose SHA-256 is kept (of a film: of its name).
create table finding_waiver (
  id uuid primary key,
  organisation_id uuid not null,
  course_id uuid not null,
  unit_id uuid not null,
  finding text not null check (length(finding) between 1 and 60),
  -- In the Markdown; 0 for the film.
  line integer not null check (line >= 0),
  text_hash bytea not null check (octet_length(text_hash) = 32),
  reason text not null check (length(btrim(reason)) between 10 and 1000),
  waived_by uuid not null,
  waived_at timestamptz not null default moment(),
  unique (organisation_id, id),
  constraint finding_waiver_once unique (unit_id, text_hash, finding, line),
  foreign key (organisation_id, course_id) references course (organisation_id, id),
  foreign key (organisation_id, unit_id) references unit (organisation_id, id),
  foreign key (organisation_id, waived_by) references person (organisation_id, id)
);
create index finding_waiver_course on finding_waiver (course_id);
create trigger finding_waiver_append_only before update or delete on finding_waiver
  for each statement execute function refuse_change();
call fence('finding_waiver');
grant select, insert on finding_waiver to tablica_app;

-- With which waived findings a version was published.
create table version_waiver (
  organisation_id uuid not null,
  version_id uuid not null,
  waiver_id uuid not null,
  primary key (version_id, waiver_id),
  foreign key (organisation_id, version_id) references course_version (organisation_id, id),
  foreign key (organisation_id, waiver_id) references finding_waiver (organisation_id, id)
);
create trigger version_waiver_append_only before update or delete on version_waiver
  for each statement execute function refuse_change();
call fence('version_waiver');
grant select, insert on version_waiver to tablica_app;

-- A draft that somebody asked another person to read. It is named by its hash: whatever is changed, the draft is another one.
create table review (
  id uuid primary key,
  organisation_id uuid not null,
  course_id uuid not null,
  draft_hash bytea not null check (octet_length(draft_hash) = 32),
  note text not null default '' check (length(note) <= 2000),
  asked_by uuid not null,
  asked_at timestamptz not null default moment(),
  outcome text check (outcome in ('approved', 'returned', 'withdrawn')),
  ended_by uuid,
  ended_at timestamptz,
  check ((outcome is null) = (ended_by is null) and (outcome is null) = (ended_at is null)),
  constraint review_by_a_second_person check (outcome is null or outcome = 'withdrawn' or ended_by <> asked_by),
  unique (organisation_id, id),
  foreign key (organisation_id, course_id) references course (organisation_id, id),
  foreign key (organisation_id, asked_by) references person (organisation_id, id),
  foreign key (organisation_id, ended_by) references person (organisation_id, id)
);
create unique index review_open on review (course_id) where outcome is null;
create index review_course on review (course_id, asked_at);
call fence('review');
grant select, insert, update on review to tablica_app;

-- An ended review stays as it is; who saved a unit since the last version does not approve it.
create function review_keeps_its_rules() returns trigger language plpgsql as $$
begin
  if old.outcome is not null
     or (old.id, old.course_id, old.draft_hash, old.asked_by, old.asked_at)
          is distinct from (new.id, new.course_id, new.draft_hash, new.asked_by, new.asked_at) then
    raise exception 'a review is not changed afterwards'
      using errcode = 'integrity_constraint_violation', constraint = 'review_stays';
  end if;
  if new.outcome = 'approved' and exists (
       select 1 from unit u where u.course_id = new.course_id and u.removed_at is null and u.updated_by = new.ended_by
         and u.updated_at > coalesce((select max(v.published_at) from course_version v where v.course_id = new.course_id),
                                     '-infinity'::timestamptz)) then
    raise exception 'nobody approves what they wrote'
      using errcode = 'integrity_constraint_violation', constraint = 'review_by_a_second_person';
  end if;
  return new;
end $$;
create trigger review_keeps_its_rules before update on review for each row execute function review_keeps_its_rules();

create table review_comment (
  id uuid primary key,
  organisation_id uuid not null,
  review_id uuid not null,
  -- Of the whole course without one.
  unit_id uuid,
  text text not null check (length(btrim(text)) between 1 and 4000),
  written_by uuid not null,
  written_at timestamptz not null default moment(),
  foreign key (organisation_id, review_id) references review (organisation_id, id),
  foreign key (organisation_id, unit_id) references unit (organisation_id, id),
  foreign key (organisation_id, written_by) references person (organisation_id, id)
);
create index review_comment_review on review_comment (review_id);
create trigger review_comment_append_only before update or delete on review_comment
  for each statement execute function refuse_change();
call fence('review_comment');
grant select, insert on review_comment to tablica_app;

-- What a version was made of, and who had approved exactly that. Null in versions of before.
alter table course_version add column draft_hash bytea check (octet_length(draft_hash) = 32), add column review_id uuid,
  add foreign key (organisation_id, review_id) references review (organisation_id, id);

create function approved_before_published() returns trigger language plpgsql as $$
begin
  if review_is_required(new.organisation_id, new.course_id) and not exists (
       select 1 from review r where r.id = new.review_id and r.course_id = new.course_id
         and r.outcome = 'approved' and r.draft_hash = new.draft_hash) then
    raise exception 'a second person has not approved this draft'
      using errcode = 'integrity_constraint_violation', constraint = 'review_first';
  end if;
  return new;
end $$;
create trigger approved_before_published before insert on course_version
  for each row execute function approved_before_published();

-- A day and an hour at which the draft is to be published. It ends once: published, cancelled or refused.
create table publication_plan (
  id uuid primary key,
  organisation_id uuid not null,
  course_id uuid not null,
  at timestamptz not null,
  planned_by uuid not null,
  planned_at timestamptz not null default moment(),
  outcome text check (outcome in ('published', 'cancelled', 'refused')),
  ended_at timestamptz,
  ended_by uuid,
  version_id uuid,
  -- Why it was refused: a word of ours.
  refusal text check (length(refusal) between 1 and 60),
  check ((outcome is null) = (ended_at is null)),
  check ((outcome = 'published') is not distinct from (version_id is not null) or outcome is null and version_id is null),
  check ((outcome = 'refused') is not distinct from (refusal is not null) or outcome is null and refusal is null),
  unique (organisation_id, id),
  foreign key (organisation_id, course_id) references course (organisation_id, id),
  foreign key (organisation_id, planned_by) references person (organisation_id, id),
  foreign key (organisation_id, ended_by) references person (organisation_id, id),
  foreign key (organisation_id, version_id) references course_version (organisation_id, id)
);
create unique index publication_plan_open on publication_plan (course_id) where outcome is null;
create index publication_plan_course on publication_plan (course_id, planned_at);
call fence('publication_plan');
grant select, insert, update on publication_plan to tablica_app;

create function publication_plan_ends_once() returns trigger language plpgsql as $$
begin
  if old.outcome is not null then
    raise exception 'an ended plan is not changed'
      using errcode = 'integrity_constraint_violation', constraint = 'publication_plan_stays';
  end if;
  return new;
end $$;
create trigger publication_plan_ends_once before update on publication_plan
  for each row execute function publication_plan_ends_once();

-- A unit that was copied from another one, and the SHA-256 of the original's text as it was taken or last looked at.
create table unit_origin (
  unit_id uuid primary key,
  organisation_id uuid not null,
  origin_unit_id uuid not null,
  origin_course_id uuid not null,
  text_hash bytea not null check (octet_length(text_hash) = 32),
  copied_by uuid not null,
  copied_at timestamptz not null default moment(),
  check (unit_id <> origin_unit_id),
  foreign key (organisation_id, unit_id) references unit (organisation_id, id),
  foreign key (organisation_id, origin_unit_id) references unit (organisation_id, id),
  foreign key (organisation_id, origin_course_id) references course (organisation_id, id),
  foreign key (organisation_id, copied_by) references person (organisation_id, id)
);
call fence('unit_origin');
grant select, insert, update on unit_origin to tablica_app;

-- The text of a unit in another language than the course's. `based_on_hash`: SHA-256 of the original's title and text that was
-- translated; another one means that the original has changed since.
create table unit_translation (
  organisation_id uuid not null,
  unit_id uuid not null,
  language text not null check (language in ('pl', 'en', 'uk')),
  title text not null check (length(title) between 1 and 200),
  markdown text not null check (octet_length(markdown) between 1 and 262144),
  based_on_hash bytea not null check (octet_length(based_on_hash) = 32),
  revision integer not null default 1,
  updated_by uuid not null,
  updated_at timestamptz not null default moment(),
  primary key (unit_id, language),
  foreign key (organisation_id, unit_id) references unit (organisation_id, id),
  foreign key (organisation_id, updated_by) references person (organisation_id, id)
);
call fence('unit_translation');
grant select, insert, update, delete on unit_translation to tablica_app;

-- The same as it was published: learners read this.
create table version_translation (
  organisation_id uuid not null,
  version_id uuid not null,
  unit_id uuid not null,
  language text not null,
  title text not null,
  markdown text not null,
  html text not null,
  -- The original had changed since it was translated.
  stale boolean not null,
  primary key (version_id, unit_id, language),
  foreign key (version_id, unit_id) references version_unit (version_id, unit_id),
  foreign key (organisation_id, version_id) references course_version (organisation_id, id)
);
create trigger version_translation_append_only before update or delete on version_translation
  for each statement execute function refuse_change();
call fence('version_translation');
grant select, insert on version_translation to tablica_app;

-- In which language a person reads a course.
create table reading_language (
  organisation_id uuid not null,
  person_id uuid not null,
  course_id uuid not null,
  language text not null check (language in ('pl', 'en', 'uk')),
  primary key (person_id, course_id),
  foreign key (organisation_id, person_id) references person (organisation_id, id),
  foreign key (organisation_id, course_id) references course (organisation_id, id)
);
call fence('reading_language');
grant select, insert, update on reading_language to tablica_app;
