-- Owner: courses, and below video and notices, each by its own heading. How the making or the coming of a film ended is told to whom it
-- concerns, who has long closed the page.

-- Of which ends of films somebody was told: of each once. `number`: the number that the film had then; each end has one of its own.
create table film_told (
  organisation_id uuid not null,
  film_id uuid not null,
  number bigint not null,
  told_at timestamptz not null default moment(),
  primary key (film_id, number),
  foreign key (organisation_id, film_id) references film (organisation_id, id) on delete cascade
);
create trigger film_told_stays before update on film_told for each statement execute function refuse_change();
call fence('film_told');
grant select, insert on film_told to tablica_app;

-- Since when a course is put away.
alter table course add column put_away_at timestamptz;

-- As before; a course that was put away counts as one whose offer was withdrawn then: whoever adopted it still gets the film that it
-- showed at that time, and none that took its place since.
create or replace function offer_gives(own uuid, wanted uuid, shown uuid, replaced timestamptz) returns boolean language sql stable as $$
  select offer_shows(own, wanted, shown)
      or exists (select 1 from adoption a join catalogue_offer o on o.id = a.offer_id join course c on c.id = o.course_id
                 where a.organisation_id = own and a.offer_id = wanted and a.version_id = shown
                   and (replaced is null
                        or coalesce(replaced <= least(o.withdrawn_at, case when c.state <> 'published' then c.put_away_at end), true)))
$$;

-- Video: when a film was handed to the workers, so that it is seen whether somebody still waits on its page, and by whom.
alter table film
  add column queued_at timestamptz,
  add column sent_by uuid,
  add constraint film_sent_by foreign key (organisation_id, sent_by) references person (organisation_id, id);

-- Notices: three more kinds, and a word that says more: why a film failed, or what became of a course.
alter table notice add column detail text check (detail ~ '^[a-z_]{1,40}$');
alter table notice drop constraint notice_kind_check,
  add constraint notice_kind_check check (kind in ('assigned', 'new_version', 'teaching', 'adopted_newer', 'films_came', 'film_ready',
    'film_failed', 'expiring', 'expired'));
alter table notice_wish drop constraint notice_wish_kind_check,
  add constraint notice_wish_kind_check check (kind in ('assigned', 'new_version', 'teaching', 'adopted_newer', 'films_came', 'film_ready',
    'film_failed', 'expiring', 'expired'));

create or replace function notice_stays() returns trigger language plpgsql as $$
begin
  if (new.id, new.organisation_id, new.person_id, new.kind, new.subject, new.detail, new.path, new.created_at)
       is distinct from (old.id, old.organisation_id, old.person_id, old.kind, old.subject, old.detail, old.path, old.created_at)
     or old.read_at is not null and new.read_at is distinct from old.read_at
     or old.mailed_at is not null and new.mailed_at is distinct from old.mailed_at
     or new.mail_at is not null and new.mail_at is distinct from old.mail_at then
    raise exception 'what was told stays' using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
