-- Owner: devices. To whom a reminder of a declaration went is blanked with the file, as of other reminders.
drop trigger declaration_reminder_append_only on declaration_reminder;
create trigger declaration_reminder_append_only before update or delete on declaration_reminder
  for each statement execute function only_while_blanking();
create trigger declaration_reminder_only_blanked before update on declaration_reminder
  for each row execute function only_blanked('{"sent_to": null}');
grant update (sent_to) on declaration_reminder to tablica_app;
