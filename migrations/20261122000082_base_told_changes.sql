-- Owner: base (functions); identity, courses and video (triggers on their tables). Servers keep for a short while who may watch a film and
-- where its pieces lie. When something of it is taken away or changed, PostgreSQL tells them so (NOTIFY), in the moment it is committed.
-- Telling of too much costs a server a few queries more; of what only grants nothing is told: what is refused is never kept.

-- Somebody of this organisation may have lost a right.
create function tell_rights() returns trigger language plpgsql as $$
begin
  perform pg_notify('tablica_changes', 'rights ' || old.organisation_id);
  return null;
end $$;

-- What a player fetches of this film may be something else.
create function tell_film() returns trigger language plpgsql as $$
begin
  perform pg_notify('tablica_changes', 'film ' || old.film_id);
  return null;
end $$;

create function tell_own_film() returns trigger language plpgsql as $$
begin
  perform pg_notify('tablica_changes', 'film ' || old.id);
  return null;
end $$;

-- Rows that grant by being there.
do $$
declare
  granting text;
begin
  foreach granting in array array['role_grant', 'membership', 'position_holder', 'org_unit', 'enrolment', 'course_teacher', 'version_unit',
                                  'open_course'] loop
    execute format('create trigger tell_rights after update or delete on %I for each row execute function tell_rights()', granting);
  end loop;
end $$;

-- Rows that change often in what takes nothing away: only what does is told.
create trigger tell_rights_of_ended after update on session
  for each row when (new.ended_at is distinct from old.ended_at) execute function tell_rights();
create trigger tell_rights_of_gone after delete on session for each row execute function tell_rights();
create trigger tell_rights_of_changed after update on person
  for each row when ((new.state, new.org_unit_id, new.resident) is distinct from (old.state, old.org_unit_id, old.resident))
  execute function tell_rights();
create trigger tell_rights_of_gone after delete on person for each row execute function tell_rights();
create trigger tell_rights_of_changed after update on course
  for each row when ((new.state, new.published_version_id) is distinct from (old.state, old.published_version_id))
  execute function tell_rights();
create trigger tell_rights_of_gone after delete on course for each row execute function tell_rights();
create trigger tell_rights_of_changed after update on unit
  for each row when ((new.film_id, new.course_id) is distinct from (old.film_id, old.course_id)) execute function tell_rights();
create trigger tell_rights_of_gone after delete on unit for each row execute function tell_rights();
create trigger tell_rights_of_changed after update on film
  for each row when (new.replaces is distinct from old.replaces) execute function tell_rights();
create trigger tell_rights_of_gone after delete on film for each row execute function tell_rights();

create trigger tell_film_of_changed after update on film
  for each row when ((new.state, new.fence) is distinct from (old.state, old.fence)) execute function tell_own_film();
create trigger tell_film_of_gone after delete on film for each row execute function tell_own_film();
create trigger tell_film after update or delete on rendition for each row execute function tell_film();
create trigger tell_film after update or delete on segment for each row execute function tell_film();

-- What a server sends to itself, to know that it hears. It comes only where everything above is in force.
create function tell_beat(words text) returns void language plpgsql as $$
begin
  if (select count(*) from pg_trigger g join pg_proc p on p.oid = g.tgfoid
      where p.proname in ('tell_rights', 'tell_film', 'tell_own_film') and g.tgenabled in ('O', 'A')) >= 22 then
    perform pg_notify('tablica_changes', 'beat ' || words);
  end if;
end $$;
revoke execute on function tell_beat(text) from public;
grant execute on function tell_beat(text) to tablica_app;
