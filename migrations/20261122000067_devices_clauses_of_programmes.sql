-- Owner: devices. Clauses that a programme adds to its agreements. Each change of the text is a version of its own; an agreement keeps
-- the text and the version with which it was signed.

alter table programme
  add column clauses text not null default '' check (length(clauses) <= 5000),
  add column clauses_version integer not null default 1;

create function clauses_are_counted() returns trigger language plpgsql as $$
begin
  new.clauses_version := old.clauses_version + case when new.clauses is distinct from old.clauses then 1 else 0 end;
  return new;
end $$;
create trigger clauses_are_counted before update on programme for each row execute function clauses_are_counted();

-- The version of the clauses that stand in its text; null for a text without such clauses.
alter table loan_agreement add column clauses_version integer;

-- What was signed stays as it was signed, until its file is blanked.
create or replace function signed_stays() returns trigger language plpgsql as $$
begin
  if old.signed_at is not null and (old.number, old.kind, old.programme_id, old.purpose, old.template, old.template_version, old.terms,
      old.clauses_version, old.document_key, old.document_sha256, old.signed_by, old.signed_at, old.signature_key) is distinct from
     (new.number, new.kind, new.programme_id, new.purpose, new.template, new.template_version, new.terms,
      new.clauses_version, new.document_key, new.document_sha256, new.signed_by, new.signed_at, new.signature_key)
     and (to_jsonb(new) is distinct from to_jsonb(old) || '{"purpose": "dane usunięte", "terms": "dane usunięte", "document_key": null,
            "document_sha256": null, "signature_key": null}' or not is_blanking(old.id)) then
    raise exception 'a signed agreement is not changed' using errcode = 'integrity_constraint_violation', constraint = 'signed_stays';
  end if;
  return new;
end $$;
