-- Owner: notices, and below courses. Reminders of deadlines, and what is overdue in the units of a head, are notices like any other: they
-- stand in the list, their letters are refused or wished for, and none goes out in quiet hours.

-- Two more kinds, beside whichever there are.
do $$
declare
  known record;
begin
  for known in select conrelid::regclass as place, conname as name, pg_get_constraintdef(oid) as text from pg_constraint
               where (conrelid, conname) in (('notice'::regclass, 'notice_kind_check'), ('notice_wish'::regclass, 'notice_wish_kind_check'))
  loop
    execute format('alter table %s drop constraint %I', known.place, known.name);
    execute format('alter table %s add constraint %I %s', known.place, known.name,
                   replace(known.text, 'ARRAY[', 'ARRAY[''deadline''::text, ''overdue''::text, '));
  end loop;
end $$;

-- What the letter of a notice says below its lines, in the receiver's language, such as who is late with what. It names people and is
-- needed for the letter alone: it goes with it, or when nobody wants the letter any more.
alter table notice add constraint notice_of_organisation unique (organisation_id, id);
create table notice_enclosure (
  notice_id uuid primary key,
  organisation_id uuid not null,
  text text not null check (length(text) between 1 and 200000),
  foreign key (organisation_id, notice_id) references notice (organisation_id, id)
);
call fence('notice_enclosure');
grant select, insert, delete on notice_enclosure to tablica_app;

-- Courses: to whom a letter goes, and whether it does, is decided when it goes.
comment on column taking_reminder.sent_to is 'Of reminders that were letters of their own; nothing is written here any more.';
