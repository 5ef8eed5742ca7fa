-- Owner: courses. A course as its author edits it, its published versions, who takes it, and how far they are.

create table course (
  id uuid primary key,
  organisation_id uuid not null references organisation (id),
  slug text not null check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 80),
  title text not null check (length(title) between 1 and 200),
  summary text not null default '' check (length(summary) <= 2000),
  language text not null default 'pl' check (language in ('pl', 'en', 'uk')),
  author text not null default '' check (length(author) <= 200),
  state text not null default 'draft' check (state in ('draft', 'published', 'archived')),
  -- In the catalogue: everybody of the organisation may enrol themselves.
  listed boolean not null default false,
  published_version_id uuid,
  revision integer not null default 1,
  created_by uuid not null,
  created_at timestamptz not null default moment(),
  updated_at timestamptz not null default moment(),
  unique (organisation_id, id),
  unique (organisation_id, slug),
  foreign key (organisation_id, created_by) references person (organisation_id, id)
);
call fence('course');
grant select, insert, update on course to tablica_app;

-- Who may edit a course and see how its learners do.
create table course_teacher (
  organisation_id uuid not null,
  course_id uuid not null,
  person_id uuid not null,
  primary key (course_id, person_id),
  foreign key (organisation_id, course_id) references course (organisation_id, id),
  foreign key (organisation_id, person_id) references person (organisation_id, id)
);
create index course_teacher_person on course_teacher (person_id);
call fence('course_teacher');
grant select, insert, delete on course_teacher to tablica_app;

create table section (
  id uuid primary key,
  organisation_id uuid not null,
  course_id uuid not null,
  position integer not null,
  title text not null check (length(title) between 1 and 200),
  unique (organisation_id, id),
  unique (course_id, position) deferrable initially deferred,
  foreign key (organisation_id, course_id) references course (organisation_id, id)
);
call fence('section');
grant select, insert, update, delete on section to tablica_app;

-- A unit as its author edits it (the draft). `revision` lets the second of two tabs be told.
create table unit (
  id uuid primary key,
  organisation_id uuid not null,
  course_id uuid not null,
  section_id uuid not null,
  position integer not null,
  slug text not null check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 80),
  title text not null check (length(title) between 1 and 200),
  minutes integer not null default 0 check (minutes between 0 and 1000),
  markdown text not null default '' check (octet_length(markdown) <= 262144),
  film_id uuid,
  revision integer not null default 1,
  removed_at timestamptz,
  updated_at timestamptz not null default moment(),
  updated_by uuid not null,
  unique (organisation_id, id),
  foreign key (organisation_id, course_id) references course (organisation_id, id),
  foreign key (organisation_id, section_id) references section (organisation_id, id),
  foreign key (organisation_id, film_id) references film (organisation_id, id)
);
create unique index unit_slug on unit (course_id, slug) where removed_at is null;
create index unit_course on unit (course_id);
create index unit_film on unit (film_id) where film_id is not null;
call fence('unit');
grant select, insert, update on unit to tablica_app;

-- Pictures and files that units show. A replaced file stays for the versions that were published with it.
create table media (
  id uuid primary key,
  organisation_id uuid not null,
  course_id uuid not null,
  name text not null check (name ~ '^[a-z0-9][a-z0-9._-]*$' and length(name) <= 120),
  media_type text not null,
  size_bytes bigint not null,
  sha256 bytea not null check (octet_length(sha256) = 32),
  blob_key text not null,
  created_at timestamptz not null default moment(),
  replaced_at timestamptz,
  unique (organisation_id, id),
  foreign key (organisation_id, course_id) references course (organisation_id, id)
);
create unique index media_name on media (course_id, name) where replaced_at is null;
call fence('media');
grant select, insert, update on media to tablica_app;

-- What learners see: a frozen version. Rows are only ever added.
create table course_version (
  id uuid primary key,
  organisation_id uuid not null,
  course_id uuid not null,
  number integer not null,
  title text not null,
  summary text not null,
  language text not null,
  published_at timestamptz not null default moment(),
  published_by uuid not null,
  unique (organisation_id, id),
  unique (course_id, number),
  foreign key (organisation_id, course_id) references course (organisation_id, id)
);
create trigger course_version_append_only before update or delete on course_version
  for each statement execute function refuse_change();
call fence('course_version');
grant select, insert on course_version to tablica_app;
alter table course add foreign key (organisation_id, published_version_id) references course_version (organisation_id, id);

create table version_unit (
  organisation_id uuid not null,
  version_id uuid not null,
  unit_id uuid not null,
  position integer not null,
  section_title text not null,
  slug text not null,
  title text not null,
  minutes integer not null,
  markdown text not null,
  html text not null,
  film_id uuid,
  primary key (version_id, unit_id),
  unique (version_id, slug),
  unique (version_id, position),
  foreign key (organisation_id, version_id) references course_version (organisation_id, id),
  foreign key (organisation_id, unit_id) references unit (organisation_id, id),
  foreign key (organisation_id, film_id) references film (organisation_id, id)
);
create index version_unit_film on version_unit (film_id) where film_id is not null;
create trigger version_unit_append_only before update or delete on version_unit
  for each statement execute function refuse_change();
call fence('version_unit');
grant select, insert on version_unit to tablica_app;

-- An enrolment says who takes a course: one person, a group, a unit with all below it, or everybody.
create table enrolment (
  id uuid primary key,
  organisation_id uuid not null,
  course_id uuid not null,
  target text not null check (target in ('person', 'group', 'unit', 'organisation')),
  person_id uuid,
  group_id uuid,
  org_unit_id uuid,
  created_by uuid not null,
  created_at timestamptz not null default moment(),
  check ((target = 'person') = (person_id is not null) and (target = 'group') = (group_id is not null)
     and (target = 'unit') = (org_unit_id is not null)),
  foreign key (organisation_id, course_id) references course (organisation_id, id),
  foreign key (organisation_id, person_id) references person (organisation_id, id),
  foreign key (organisation_id, group_id) references person_group (organisation_id, id) on delete cascade,
  foreign key (organisation_id, org_unit_id) references org_unit (organisation_id, id) on delete cascade
);
create unique index enrolment_once on enrolment (course_id, target, person_id, group_id, org_unit_id) nulls not distinct;
create index enrolment_person on enrolment (person_id) where person_id is not null;
create index enrolment_group on enrolment (group_id) where group_id is not null;
create index enrolment_unit on enrolment (org_unit_id) where org_unit_id is not null;
create index enrolment_all on enrolment (organisation_id) where target = 'organisation';
call fence('enrolment');
grant select, insert, delete on enrolment to tablica_app;

-- Who is enrolled on what, whichever way. A view obeys the policies of the one who asks.
create view enrolled with (security_invoker = true) as
  with recursive below (organisation_id, root_id, id) as (
    select organisation_id, id, id from org_unit
    union
    select u.organisation_id, below.root_id, u.id from org_unit u
      join below on u.parent_id = below.id and u.organisation_id = below.organisation_id
  )
  select e.organisation_id, e.course_id, e.person_id from enrolment e where e.target = 'person'
  union
  select e.organisation_id, e.course_id, m.person_id from enrolment e
    join membership m on m.group_id = e.group_id where e.target = 'group'
  union
  select e.organisation_id, e.course_id, p.id from enrolment e
    join below on below.root_id = e.org_unit_id
    join person p on p.org_unit_id = below.id and p.organisation_id = e.organisation_id where e.target = 'unit'
  union
  select e.organisation_id, e.course_id, p.id from enrolment e
    join person p on p.organisation_id = e.organisation_id where e.target = 'organisation';
grant select on enrolled to tablica_app;

-- How far one person is: a row once a unit was opened, `done_at` once it was finished.
create table progress (
  organisation_id uuid not null,
  person_id uuid not null,
  course_id uuid not null,
  unit_id uuid not null,
  version_id uuid not null,
  opened_at timestamptz not null default moment(),
  done_at timestamptz,
  primary key (person_id, unit_id),
  foreign key (organisation_id, person_id) references person (organisation_id, id),
  foreign key (organisation_id, course_id) references course (organisation_id, id),
  foreign key (organisation_id, unit_id) references unit (organisation_id, id),
  foreign key (organisation_id, version_id) references course_version (organisation_id, id)
);
create index progress_course on progress (course_id, person_id);
call fence('progress');
grant select, insert, update on progress to tablica_app;

-- Where a person was last in a course, so that any machine goes on from there.
create table bookmark (
  organisation_id uuid not null,
  person_id uuid not null,
  course_id uuid not null,
  unit_id uuid not null,
  at timestamptz not null default moment(),
  primary key (person_id, course_id),
  foreign key (organisation_id, person_id) references person (organisation_id, id),
  foreign key (organisation_id, course_id) references course (organisation_id, id),
  foreign key (organisation_id, unit_id) references unit (organisation_id, id)
);
call fence('bookmark');
grant select, insert, update on bookmark to tablica_app;
