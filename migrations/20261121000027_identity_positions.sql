-- Owner: identity. What people do in their office, apart from where they sit: "redaktor strony internetowej" in three departments.

create table position (
  id uuid primary key,
  organisation_id uuid not null references organisation (id),
  name text not null check (length(name) between 1 and 100),
  created_at timestamptz not null default moment(),
  unique (organisation_id, id)
);
create unique index position_name on position (organisation_id, lower(name));
call fence('position');
grant select, insert, update, delete on position to tablica_app;

create table position_holder (
  organisation_id uuid not null,
  position_id uuid not null,
  person_id uuid not null,
  since timestamptz not null default moment(),
  primary key (position_id, person_id),
  foreign key (organisation_id, position_id) references position (organisation_id, id) on delete cascade,
  foreign key (organisation_id, person_id) references person (organisation_id, id)
);
create index position_holder_person on position_holder (person_id);
call fence('position_holder');
grant select, insert, delete on position_holder to tablica_app;
