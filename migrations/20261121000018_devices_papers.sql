-- Owner: devices. Documents as they were made, and photographs with their small copies.

alter table protocol add unique (organisation_id, id);

-- The document of an agreement or a protocol: made once from what was signed, never made anew. The blob is written first, this
-- row publishes it; its SHA-256 tells when the blob is not what it was.
create table frozen_document (
  id uuid primary key,
  organisation_id uuid not null references organisation (id),
  agreement_id uuid,
  protocol_id uuid,
  blob_key text not null,
  sha256 bytea not null check (octet_length(sha256) = 32),
  size_bytes bigint not null check (size_bytes > 0),
  template text not null check (length(template) between 1 and 100),
  template_version integer not null,
  made_at timestamptz not null default moment(),
  check (num_nonnulls(agreement_id, protocol_id) = 1),
  unique (agreement_id),
  unique (protocol_id),
  foreign key (organisation_id, agreement_id) references loan_agreement (organisation_id, id),
  foreign key (organisation_id, protocol_id) references protocol (organisation_id, id)
);
create trigger frozen_document_append_only before update or delete on frozen_document
  for each statement execute function refuse_change();
call fence('frozen_document');
grant select, insert on frozen_document to tablica_app;

-- A draft has no document of its own: it can still change.
create function only_signed_is_frozen() returns trigger language plpgsql as $$
begin
  if new.agreement_id is not null
     and not exists (select 1 from loan_agreement where id = new.agreement_id and signed_at is not null) then
    raise exception 'an agreement that is not signed is not frozen'
      using errcode = 'integrity_constraint_violation', constraint = 'only_signed_is_frozen';
  end if;
  return new;
end $$;
create trigger only_signed_is_frozen before insert on frozen_document for each row execute function only_signed_is_frozen();

alter table condition_photo
  add column small_key text not null,
  add column sha256 bytea not null check (octet_length(sha256) = 32);
create index condition_photo_loan on condition_photo (loan_id) where loan_id is not null;
create index condition_photo_incident on condition_photo (incident_id) where incident_id is not null;
create trigger condition_photo_append_only before update or delete on condition_photo
  for each statement execute function refuse_change();
