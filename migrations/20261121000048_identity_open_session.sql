-- Owner: identity. Who asks is found and said in one statement: every request began with three.

-- The session of this hash or of this id, while it counts; from then on the transaction is its person's. Without one it stays
-- nobody's. The clock of the transaction is set first, in seconds beside the database's.
create function open_session(wanted_hash bytea, wanted_id uuid, clock_offset text)
  returns table (at timestamptz, session_id uuid, seen_at timestamptz, person_id uuid, organisation_id uuid, given_name text,
                 family_name text, language text, organisation_name text, organisation_slug text, organisation_kind text,
                 roles text[], heads boolean)
  language plpgsql as $$
#variable_conflict use_column
begin
  perform set_config('app.organisation', '', true), set_config('app.person', '', true),
          set_config('app.clock_offset', clock_offset, true), set_config('app.reach', 'installation', true);
  select moment(), s.id, s.seen_at, p.id, p.organisation_id, p.given_name, p.family_name, p.language, o.name, o.slug, o.kind,
         array(select r.role from role_grant r where r.person_id = p.id),
         exists (select from unit_head h where h.person_id = p.id)
    into at, session_id, seen_at, person_id, organisation_id, given_name, family_name, language, organisation_name,
         organisation_slug, organisation_kind, roles, heads
    from session s join person p on p.id = s.person_id join organisation o on o.id = s.organisation_id
    where (s.token_hash = wanted_hash or s.id = wanted_id) and s.ended_at is null and s.expires_at > moment()
      and p.state = 'active';
  perform set_config('app.reach', '', true), set_config('app.organisation', coalesce(organisation_id::text, ''), true),
          set_config('app.person', coalesce(person_id::text, ''), true);
  if session_id is not null then return next; end if;
end $$;
revoke execute on function open_session(bytea, uuid, text) from public;
grant execute on function open_session(bytea, uuid, text) to tablica_app;
