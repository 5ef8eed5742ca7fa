-- Owner: video. A note can be changed by who wrote it. Its revision rises with every change, so that of two tabs the second hears of the first.

alter table film_note add column revision integer not null default 1;
grant update (at_ms, text, revision) on film_note to tablica_app;
