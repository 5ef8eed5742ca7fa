-- Owner: identity. Who is the head of a unit: sees how the people of it and of all below it do. Leaving the unit ends it.
create table unit_head (
  organisation_id uuid not null,
  org_unit_id uuid not null,
  person_id uuid not null,
  since timestamptz not null default moment(),
  primary key (org_unit_id, person_id),
  foreign key (organisation_id, org_unit_id) references org_unit (organisation_id, id) on delete cascade,
  foreign key (organisation_id, person_id) references person (organisation_id, id)
);
create index unit_head_person on unit_head (person_id);
call fence('unit_head');
grant select, insert, delete on unit_head to tablica_app;

-- Which units a head is the head of, each with all below it. A view obeys the policies of the one who asks.
create view headed with (security_invoker = true) as
  with recursive below (organisation_id, person_id, unit_id) as (
    select organisation_id, person_id, org_unit_id from unit_head
    union
    select u.organisation_id, b.person_id, u.id from org_unit u
      join below b on u.parent_id = b.unit_id and u.organisation_id = b.organisation_id
  )
  select organisation_id, person_id, unit_id from below;
grant select on headed to tablica_app;
