-- Owner: base. The program looks at its start whether the tables are those that it knows: with older ones it does not begin.
do $$ begin
  -- Developers' databases are made with psql, without sqlx's table.
  if to_regclass('public._sqlx_migrations') is not null then
    grant select on public._sqlx_migrations to tablica_app;
  end if;
end $$;
