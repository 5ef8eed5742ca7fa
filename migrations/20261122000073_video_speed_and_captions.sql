-- Owner: video. How fast a person watches (in hundredths) and the language of the captions that they see (empty: none), on every machine.

alter table player_setting
  add column speed integer not null default 100 check (speed between 50 and 300),
  add column captions text not null default '' check (captions ~ '^([a-z]{2,3})?$');
