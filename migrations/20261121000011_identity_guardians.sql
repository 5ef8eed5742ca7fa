-- Owner: identity. Minors and those who speak for them; who looks after the devices.
create extension if not exists btree_gist;

alter table role_grant drop constraint role_grant_role_check;
alter table role_grant add constraint role_grant_role_check
  check (role in ('installation_admin', 'organisation_admin', 'instructor', 'device_clerk'));

-- Only for pupils: from it follows who signs. Null means an adult (officials, councillors, guardians).
alter table person add column born_on date check (born_on between '1900-01-01' and '2100-01-01');
alter table person add column phone text check (length(phone) between 1 and 40);

-- Who speaks for whom, on what ground, and since when (Kodeks rodzinny i opiekuńczy, art. 98 and 155).
create table guardianship (
  id uuid primary key,
  organisation_id uuid not null,
  ward_id uuid not null,
  guardian_id uuid not null,
  basis text not null check (basis in ('parent', 'legal_guardian', 'foster_parent', 'institution')),
  since date not null,
  until date,
  check (ward_id <> guardian_id),
  check (until is null or until >= since),
  foreign key (organisation_id, ward_id) references person (organisation_id, id),
  foreign key (organisation_id, guardian_id) references person (organisation_id, id),
  constraint guardianship_once exclude using gist (ward_id with =, guardian_id with =, daterange(since, until, '[)') with &&)
);
create index guardianship_guardian on guardianship (guardian_id);
call fence('guardianship');
grant select, insert, update on guardianship to tablica_app;
