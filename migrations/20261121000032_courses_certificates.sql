-- Owner: courses. Certificates: what was finished, by whom, by which version; how they look; the keys that sign them as files.

-- How the certificates of an organisation look. Rows are only ever added: a certificate is set as it was when it was issued.
create table certificate_template (
  id uuid primary key,
  organisation_id uuid not null references organisation (id),
  number integer not null check (number > 0),
  -- In place of the usual sentence; empty for that.
  wording text not null default '' check (length(wording) <= 600),
  -- Place of issue; empty for none.
  place text not null default '' check (length(place) <= 100),
  signatory_name text not null default '' check (length(signatory_name) <= 200),
  signatory_office text not null default '' check (length(signatory_office) <= 200),
  -- The coat of arms as it was written anew: JPEG.
  arms_key text,
  arms_alt text not null default '' check (length(arms_alt) <= 200),
  made_at timestamptz not null default moment(),
  made_by uuid not null,
  unique (organisation_id, id),
  unique (organisation_id, number),
  foreign key (organisation_id, made_by) references person (organisation_id, id)
);
create trigger certificate_template_append_only before update or delete on certificate_template
  for each statement execute function refuse_change();
call fence('certificate_template');
grant select, insert on certificate_template to tablica_app;

-- A certificate: facts that never change. Whom it names stands in certificate_holder, so that a name can be erased and the
-- certificate still be checked. What leads here from outside is kept as SHA-256 alone.
create table certificate (
  id uuid primary key,
  organisation_id uuid not null references organisation (id),
  taking_id uuid not null,
  -- The certificate that this one was issued in place of.
  replaces_id uuid,
  -- SHA-256 of the address's 128 random bits, and of the printed number that follows from them.
  token_hash bytea not null unique check (octet_length(token_hash) = 32),
  number_hash bytea not null unique check (octet_length(number_hash) = 32),
  -- HMAC-SHA256 of the person's name under the printed number: who holds the paper can have a name compared, the table alone cannot.
  name_seal bytea not null check (octet_length(name_seal) = 32),
  course_id uuid not null,
  course_title text not null check (length(course_title) between 1 and 200),
  course_language text not null check (course_language in ('pl', 'en', 'uk')),
  version_id uuid not null,
  version_number integer not null,
  -- Planned time of all units of that version.
  minutes integer not null check (minutes >= 0),
  -- Result of the test, when the course has one.
  result_per_mille smallint check (result_per_mille between 0 and 1000),
  done_on date not null,
  issued_at timestamptz not null default moment(),
  valid_until date,
  organisation_name text not null,
  template_id uuid,
  -- Place of its bit in a list of revoked certificates (W3C Bitstring Status List).
  status_list smallint not null default 0 check (status_list >= 0),
  status_index integer not null check (status_index between 0 and 131071),
  unique (organisation_id, id),
  unique (taking_id, id),
  unique (organisation_id, status_list, status_index),
  constraint certificate_replaced_once unique (replaces_id),
  foreign key (organisation_id, taking_id) references taking (organisation_id, id),
  foreign key (taking_id, replaces_id) references certificate (taking_id, id),
  foreign key (organisation_id, course_id) references course (organisation_id, id),
  foreign key (organisation_id, version_id) references course_version (organisation_id, id),
  foreign key (organisation_id, template_id) references certificate_template (organisation_id, id)
);
-- One a taking; another only in place of one.
create unique index certificate_once on certificate (taking_id) where replaces_id is null;
create index certificate_course on certificate (course_id, issued_at desc);
create trigger certificate_append_only before update or delete on certificate
  for each statement execute function refuse_change();
call fence('certificate');
grant select, insert on certificate to tablica_app;

-- Why a certificate is worth nothing any more.
create table certificate_revocation (
  certificate_id uuid primary key,
  organisation_id uuid not null,
  kind text not null check (kind in ('revoked', 'replaced')),
  reason text not null check (length(reason) between 1 and 500),
  revoked_at timestamptz not null default moment(),
  revoked_by uuid not null,
  foreign key (organisation_id, certificate_id) references certificate (organisation_id, id),
  foreign key (organisation_id, revoked_by) references person (organisation_id, id)
);
create trigger certificate_revocation_append_only before update or delete on certificate_revocation
  for each statement execute function refuse_change();
call fence('certificate_revocation');
grant select, insert on certificate_revocation to tablica_app;

-- Only what was revoked as replaced is replaced, in the same transaction.
create function certificate_replaces_revoked() returns trigger language plpgsql as $$
begin
  if new.replaces_id is not null and not exists (
       select from certificate_revocation r where r.certificate_id = new.replaces_id and r.kind = 'replaced') then
    raise exception 'a certificate is issued in place of one that was revoked as replaced'
      using errcode = 'integrity_constraint_violation', constraint = 'certificate_replaces_revoked';
  end if;
  return new;
end $$;
create constraint trigger certificate_replaces_revoked after insert on certificate deferrable initially deferred
  for each row execute function certificate_replaces_revoked();

-- That the personal data of a certificate were erased.
create table certificate_erasure (
  certificate_id uuid primary key,
  organisation_id uuid not null,
  erased_at timestamptz not null default moment(),
  erased_by uuid not null,
  foreign key (organisation_id, certificate_id) references certificate (organisation_id, id),
  foreign key (organisation_id, erased_by) references person (organisation_id, id)
);
create trigger certificate_erasure_append_only before update or delete on certificate_erasure
  for each statement execute function refuse_change();
call fence('certificate_erasure');
grant select, insert on certificate_erasure to tablica_app;

-- Whom a certificate names, and the secrets of its address: what an erasure takes away.
create table certificate_holder (
  certificate_id uuid primary key,
  organisation_id uuid not null,
  person_id uuid not null,
  name text not null check (length(name) between 1 and 201),
  token text not null unique check (length(token) = 22),
  number text not null unique check (number ~ '^[0-9A-HJKMNP-TV-Z]{16}$'),
  foreign key (organisation_id, certificate_id) references certificate (organisation_id, id),
  foreign key (organisation_id, person_id) references person (organisation_id, id)
);
create index certificate_holder_person on certificate_holder (person_id);
call fence('certificate_holder');
grant select, insert, delete on certificate_holder to tablica_app;

-- The document of a certificate: made once, never made anew. The blob is written first, this row publishes it.
create table certificate_document (
  certificate_id uuid primary key,
  organisation_id uuid not null,
  blob_key text not null,
  sha256 bytea not null check (octet_length(sha256) = 32),
  size_bytes bigint not null check (size_bytes > 0),
  layout_version integer not null,
  made_at timestamptz not null default moment(),
  foreign key (organisation_id, certificate_id) references certificate (organisation_id, id)
);
call fence('certificate_document');
grant select, insert, delete on certificate_document to tablica_app;

-- Rows of both go with an erasure and never otherwise, and do not come back after it.
create function certificate_data_stay() returns trigger language plpgsql as $$
declare
  wanted uuid := case when tg_op = 'DELETE' then old.certificate_id else new.certificate_id end;
  erased boolean;
begin
  -- An erasure of the same moment comes before, and is seen, or after, and takes this row away.
  perform pg_advisory_xact_lock(hashtextextended(wanted::text, 32));
  erased := exists (select from certificate_erasure e where e.certificate_id = wanted);
  if tg_op = 'UPDATE' or (tg_op = 'DELETE') <> erased then
    raise exception 'rows of % are only ever added, and go with an erasure', tg_table_name
      using errcode = 'integrity_constraint_violation', constraint = 'certificate_data_stay';
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;
create function certificate_erasure_waits() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtextextended(new.certificate_id::text, 32));
  return new;
end $$;
create trigger certificate_erasure_waits before insert on certificate_erasure
  for each row execute function certificate_erasure_waits();
create trigger certificate_holder_stays before insert or update or delete on certificate_holder
  for each row execute function certificate_data_stay();
create trigger certificate_document_stays before insert or update or delete on certificate_document
  for each row execute function certificate_data_stay();

-- Keys that sign certificates as files. The public part stays for ever; the private one goes when the key is retired.
create table credential_key (
  id uuid primary key,
  -- Modulus and exponent, base64url (RFC 7518 §6.3.1).
  modulus text not null,
  exponent text not null,
  -- PKCS#8.
  secret bytea,
  created_at timestamptz not null default moment(),
  retired_at timestamptz,
  check ((secret is null) = (retired_at is not null))
);
create unique index credential_key_current on credential_key ((true)) where retired_at is null;
create function credential_key_stays() returns trigger language plpgsql as $$
begin
  if old.retired_at is not null or new.retired_at is null
     or (new.id, new.modulus, new.exponent, new.created_at) is distinct from (old.id, old.modulus, old.exponent, old.created_at) then
    raise exception 'a key is only ever retired' using errcode = 'integrity_constraint_violation', constraint = 'credential_key_stays';
  end if;
  return new;
end $$;
create trigger credential_key_stays before update on credential_key for each row execute function credential_key_stays();
call fence_installation('credential_key');
grant select, insert on credential_key to tablica_app;
grant update (secret, retired_at) on credential_key to tablica_app;

-- Numbers that led nowhere, and names that were not the certificate's, of late: slows guessing.
create table certificate_miss (
  -- Null: a number that there is not.
  certificate_id uuid references certificate (id),
  at timestamptz not null default moment()
);
create index certificate_miss_of on certificate_miss (certificate_id, at);
call fence_installation('certificate_miss');
grant select, insert, delete on certificate_miss to tablica_app;
