-- Owner: courses. The title of an offered course in other languages goes to whoever adopts it, like the texts of its units.

create function offered_titles(wanted uuid, shown uuid) returns table (language text, title text, summary text, stale boolean)
  language plpgsql as $$
#variable_conflict use_column
declare
  own uuid := nullif(current_setting('app.organisation', true), '')::uuid;
  reach text := coalesce(current_setting('app.reach', true), '');
begin
  if own is null then return; end if;
  perform set_config('app.reach', 'installation', true);
  return query
  select n.language, n.title, n.summary, n.stale from version_title n
  where n.version_id = shown and offer_shows(own, wanted, shown) order by n.language;
  perform set_config('app.reach', reach, true);
end $$;
revoke execute on function offered_titles(uuid, uuid) from public;
grant execute on function offered_titles(uuid, uuid) to tablica_app;
