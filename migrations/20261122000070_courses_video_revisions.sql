-- Owner: courses and video. Of two people who change one thing the second hears of the first: what they changed has a revision that
-- rises with every change, and a change names the one that it is made to.

-- Courses: of the card alone. `course.revision` rises with every change of the outline as well, which stands in nobody's way.
alter table course add column card_revision integer not null default 1;
alter table section add column title_revision integer not null default 1;

-- Video: of all chapters of a film together. It rises whoever changes them: a form, a cut, another film in the place of this one.
alter table film add column chapters_revision integer not null default 1;
create function chapters_revised() returns trigger language plpgsql as $$
begin
  update film set chapters_revision = chapters_revision + 1 where id in (select film_id from changed);
  return null;
end $$;
create trigger chapter_added after insert on chapter referencing new table as changed
  for each statement execute function chapters_revised();
create trigger chapter_changed after update on chapter referencing new table as changed
  for each statement execute function chapters_revised();
create trigger chapter_gone after delete on chapter referencing old table as changed
  for each statement execute function chapters_revised();
