-- Owner: devices. The name of what ends for one person (a mandate, the time at a school) tells of that person, so it goes with them: it
-- becomes a blank when the person is erased, and the event is deleted when the last file that was tied to it is blanked. Several blanks
-- of one person may stand beside each other.
drop index due_event_name;
create unique index due_event_name
  on due_event (organisation_id, kind, lower(name), coalesce(person_id, '00000000-0000-0000-0000-000000000000'))
  where name <> data_removed();
grant delete on due_event to tablica_app;
