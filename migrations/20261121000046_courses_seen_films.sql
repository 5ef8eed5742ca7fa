-- Owner: courses. A unit can ask that its film was really seen before it is finished: so many per cent of it. Not all:
-- the last moments of a film are not always reported.

alter table unit add column film_percent smallint check (film_percent between 1 and 95);
alter table version_unit add column film_percent smallint check (film_percent between 1 and 95);
