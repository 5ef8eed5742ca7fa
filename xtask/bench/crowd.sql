-- For measuring only, on a data folder that is thrown away: people 1 to @CROWD@ of the measure are signed in, with tickets that
-- the measure knows.
select set_config('app.reach', 'installation', false);
insert into session (id, organisation_id, person_id, kind, token_hash, expires_at)
  select gen_random_uuid(), organisation_id, id, 'browser', sha256(convert_to('sesja-miary-' || login, 'UTF8')), moment() + interval '1 day'
  from person where login in (select 'miara' || n from generate_series(1, @CROWD@) n);
