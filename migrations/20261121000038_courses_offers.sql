-- Owner: courses; `shared_position` and `position_share` are of identity. Courses that an organisation offers to the others of the
-- installation, what they made of them, and positions that organisations have in common.
--
-- What an organisation sees of another one goes through the functions below and nothing else: each raises the reach of the transaction
-- for one query, answers columns that say nothing of people, and only of what is offered at that moment.

-- What people do in several organisations: "redaktor strony internetowej". The administrator of the installation keeps the list.
create table shared_position (
  id uuid primary key,
  name text not null check (length(name) between 1 and 100),
  created_at timestamptz not null default moment()
);
create unique index shared_position_name on shared_position (lower(name));
call fence_installation('shared_position');
grant select, insert, delete on shared_position to tablica_app;

-- Which of its own positions an organisation means by it.
create table position_share (
  organisation_id uuid not null,
  position_id uuid not null,
  shared_position_id uuid not null references shared_position (id) on delete cascade,
  primary key (position_id, shared_position_id),
  foreign key (organisation_id, position_id) references position (organisation_id, id) on delete cascade
);
create index position_share_shared on position_share (shared_position_id);
call fence('position_share');
grant select, insert, delete on position_share to tablica_app;

create function shared_positions() returns table (shared_id uuid, name text) language plpgsql as $$
#variable_conflict use_column
declare
  reach text := coalesce(current_setting('app.reach', true), '');
begin
  if nullif(current_setting('app.organisation', true), '') is null then return; end if;
  perform set_config('app.reach', 'installation', true);
  return query select s.id, s.name from shared_position s order by s.name collate "pl-x-icu", s.id;
  perform set_config('app.reach', reach, true);
end $$;
revoke execute on function shared_positions() from public;
grant execute on function shared_positions() to tablica_app;

-- A course in the catalogue of the installation. `version_id` was the newest when it was offered; what is published later is offered
-- as well, until it is withdrawn. Offered again, it is the same offer, so that those who adopted it hear of newer versions again.
create table catalogue_offer (
  id uuid primary key,
  organisation_id uuid not null,
  course_id uuid not null,
  version_id uuid not null,
  offered_by uuid not null,
  offered_at timestamptz not null default moment(),
  withdrawn_by uuid,
  withdrawn_at timestamptz,
  check ((withdrawn_at is null) = (withdrawn_by is null)),
  unique (organisation_id, id),
  constraint catalogue_offer_once unique (course_id),
  foreign key (organisation_id, course_id) references course (organisation_id, id),
  foreign key (organisation_id, version_id) references course_version (organisation_id, id),
  foreign key (organisation_id, offered_by) references person (organisation_id, id),
  foreign key (organisation_id, withdrawn_by) references person (organisation_id, id)
);
create index catalogue_offer_open on catalogue_offer (organisation_id) where withdrawn_at is null;
call fence('catalogue_offer');
grant select, insert, update (version_id, offered_by, offered_at, withdrawn_by, withdrawn_at) on catalogue_offer to tablica_app;

create function offer_of_what_is_published() returns trigger language plpgsql as $$
begin
  if new.withdrawn_at is null and not exists (
       select 1 from course c where c.id = new.course_id and c.state = 'published' and c.published_version_id = new.version_id) then
    raise exception 'only what is published is offered'
      using errcode = 'integrity_constraint_violation', constraint = 'offer_of_what_is_published';
  end if;
  return new;
end $$;
create trigger offer_of_what_is_published before insert or update on catalogue_offer
  for each row execute function offer_of_what_is_published();

-- To whom an offer is directed: whoever holds one of these positions, wherever they work.
create table offer_position (
  organisation_id uuid not null,
  offer_id uuid not null,
  shared_position_id uuid not null references shared_position (id) on delete cascade,
  primary key (offer_id, shared_position_id),
  foreign key (organisation_id, offer_id) references catalogue_offer (organisation_id, id)
);
create index offer_position_shared on offer_position (shared_position_id);
call fence('offer_position');
grant select, insert, delete on offer_position to tablica_app;

-- A course that was made of an offer. `version_id` and `number` are the publisher's: what was taken over last. `publisher` is its name
-- as it was then, for the time when the offer is withdrawn.
create table adoption (
  course_id uuid primary key,
  organisation_id uuid not null,
  offer_id uuid not null references catalogue_offer (id),
  version_id uuid not null references course_version (id),
  number integer not null check (number > 0),
  publisher text not null,
  -- By the decision about this publisher, without anybody asking for this course.
  automatic boolean not null default false,
  adopted_by uuid not null,
  adopted_at timestamptz not null default moment(),
  taken_at timestamptz not null default moment(),
  -- However many press at once, an organisation has one course of an offer.
  constraint adoption_once unique (organisation_id, offer_id),
  foreign key (organisation_id, course_id) references course (organisation_id, id),
  foreign key (organisation_id, adopted_by) references person (organisation_id, id)
);
create index adoption_offer on adoption (offer_id);
call fence('adoption');
grant select, insert, update (version_id, number, taken_at) on adoption to tablica_app;

-- Which unit of the publisher a unit was made of.
create table adopted_unit (
  unit_id uuid primary key,
  organisation_id uuid not null,
  course_id uuid not null,
  origin_unit_id uuid not null,
  unique (course_id, origin_unit_id),
  foreign key (organisation_id, unit_id) references unit (organisation_id, id),
  foreign key (course_id) references adoption (course_id),
  foreign key (organisation_id, course_id) references course (organisation_id, id)
);
call fence('adopted_unit');
grant select, insert on adopted_unit to tablica_app;

-- What an organisation does with offers of another one that are directed at positions: adopts them by itself, or only shows them.
create table adoption_wish (
  organisation_id uuid not null references organisation (id),
  publisher_id uuid not null references organisation (id),
  automatic boolean not null,
  -- Days from the assignment, for the rules that are made.
  due_days integer check (due_days between 1 and 3650),
  decided_by uuid not null,
  decided_at timestamptz not null default moment(),
  primary key (organisation_id, publisher_id),
  check (organisation_id <> publisher_id),
  check (automatic = (due_days is not null)),
  foreign key (organisation_id, decided_by) references person (organisation_id, id)
);
create index adoption_wish_publisher on adoption_wish (publisher_id) where automatic;
call fence('adoption_wish');
grant select, insert, update on adoption_wish to tablica_app;

-- For which positions a rule was made by itself; one that somebody took out does not come back.
create table adoption_rule (
  organisation_id uuid not null,
  course_id uuid not null references adoption (course_id),
  position_id uuid not null,
  made_at timestamptz not null default moment(),
  primary key (course_id, position_id),
  foreign key (organisation_id, course_id) references course (organisation_id, id),
  foreign key (organisation_id, position_id) references position (organisation_id, id) on delete cascade
);
call fence('adoption_rule');
grant select, insert on adoption_rule to tablica_app;

-- Offers of other organisations that are open, in their newest versions; one of them when it is named.
create function offers_seen(wanted uuid)
  returns table (offer_id uuid, publisher_id uuid, publisher text, version_id uuid, number integer, title text, summary text,
                 language text, published_at timestamptz, units bigint, minutes bigint, films bigint, tests bigint, positions uuid[])
  language plpgsql as $$
#variable_conflict use_column
declare
  own uuid := nullif(current_setting('app.organisation', true), '')::uuid;
  reach text := coalesce(current_setting('app.reach', true), '');
begin
  if own is null then return; end if;
  perform set_config('app.reach', 'installation', true);
  return query
  select o.id, o.organisation_id, g.name, v.id, v.number, v.title, v.summary, v.language, v.published_at,
         (select count(*) from version_unit u where u.version_id = v.id),
         (select coalesce(sum(u.minutes), 0) from version_unit u where u.version_id = v.id),
         (select count(*) from version_unit u where u.version_id = v.id and u.film_id is not null),
         (select count(*) from version_quiz q where q.version_id = v.id),
         array(select p.shared_position_id from offer_position p where p.offer_id = o.id)
  from catalogue_offer o join course c on c.id = o.course_id join course_version v on v.id = c.published_version_id
    join organisation g on g.id = o.organisation_id
  where o.withdrawn_at is null and c.state = 'published' and o.organisation_id <> own and (wanted is null or o.id = wanted)
  order by v.title collate "pl-x-icu", g.name collate "pl-x-icu", o.id;
  perform set_config('app.reach', reach, true);
end $$;
revoke execute on function offers_seen(uuid) from public;
grant execute on function offers_seen(uuid) to tablica_app;

-- Whether an organisation may read that version: the newest one of an open offer, or the one that it took over last. Asked with the
-- reach raised; else it knows of no offer of others and says no.
create function offer_shows(own uuid, wanted uuid, shown uuid) returns boolean language sql stable as $$
  select exists (
    select 1 from catalogue_offer o join course c on c.id = o.course_id
    where o.id = wanted and o.withdrawn_at is null and c.state = 'published' and o.organisation_id <> own
      and (c.published_version_id = shown
           or exists (select 1 from adoption a where a.organisation_id = own and a.offer_id = o.id and a.version_id = shown)))
$$;

create function offered_units(wanted uuid, shown uuid)
  returns table (unit_id uuid, section_title text, slug text, title text, minutes integer, markdown text, has_film boolean,
                 settings jsonb, questions jsonb)
  language plpgsql as $$
#variable_conflict use_column
declare
  own uuid := nullif(current_setting('app.organisation', true), '')::uuid;
  reach text := coalesce(current_setting('app.reach', true), '');
begin
  if own is null then return; end if;
  perform set_config('app.reach', 'installation', true);
  return query
  select u.unit_id, u.section_title, u.slug, u.title, u.minutes, u.markdown, u.film_id is not null, q.settings,
         (select jsonb_agg(b.body order by p.position) from version_quiz_question p
            join question_version b on b.id = p.question_version_id
          where p.version_id = u.version_id and p.unit_id = u.unit_id)
  from version_unit u left join version_quiz q on q.version_id = u.version_id and q.unit_id = u.unit_id
  where u.version_id = shown and offer_shows(own, wanted, shown)
  order by u.position;
  perform set_config('app.reach', reach, true);
end $$;
revoke execute on function offered_units(uuid, uuid) from public;
grant execute on function offered_units(uuid, uuid) to tablica_app;

-- The same in other languages than the course's.
create function offered_texts(wanted uuid, shown uuid)
  returns table (unit_id uuid, language text, title text, markdown text, stale boolean)
  language plpgsql as $$
#variable_conflict use_column
declare
  own uuid := nullif(current_setting('app.organisation', true), '')::uuid;
  reach text := coalesce(current_setting('app.reach', true), '');
begin
  if own is null then return; end if;
  perform set_config('app.reach', 'installation', true);
  return query
  select t.unit_id, t.language, t.title, t.markdown, t.stale from version_translation t
  where t.version_id = shown and offer_shows(own, wanted, shown) order by t.unit_id, t.language;
  perform set_config('app.reach', reach, true);
end $$;
revoke execute on function offered_texts(uuid, uuid) from public;
grant execute on function offered_texts(uuid, uuid) to tablica_app;

-- The pictures that the version shows: those that its pages name, and those that its questions may name.
create function offered_pictures(wanted uuid, shown uuid)
  returns table (media_id uuid, name text, media_type text, sha256 bytea, blob_key text)
  language plpgsql as $$
#variable_conflict use_column
declare
  own uuid := nullif(current_setting('app.organisation', true), '')::uuid;
  reach text := coalesce(current_setting('app.reach', true), '');
begin
  if own is null then return; end if;
  perform set_config('app.reach', 'installation', true);
  return query
  select distinct on (m.name) m.id, m.name, m.media_type, m.sha256, m.blob_key
  from catalogue_offer o join media m on m.course_id = o.course_id
    cross join lateral (
      select exists (select 1 from version_unit u where u.version_id = shown and strpos(u.html, '/media/' || m.id::text || '/') > 0)
          or exists (select 1 from version_translation t
                     where t.version_id = shown and strpos(t.html, '/media/' || m.id::text || '/') > 0) as on_a_page) l
  where o.id = wanted and offer_shows(own, wanted, shown)
    and (l.on_a_page or exists (
          select 1 from version_quiz_question p join question_version b on b.id = p.question_version_id
          where p.version_id = shown and strpos(b.body::text, m.name) > 0))
  order by m.name, l.on_a_page desc, m.replaced_at is null desc, m.created_at desc;
  perform set_config('app.reach', reach, true);
end $$;
revoke execute on function offered_pictures(uuid, uuid) from public;
grant execute on function offered_pictures(uuid, uuid) to tablica_app;

-- How many organisations adopted an offer of one's own; not which.
create function offer_adopters(wanted uuid) returns bigint language plpgsql as $$
declare
  reach text := coalesce(current_setting('app.reach', true), '');
  adopters bigint;
begin
  if not exists (select 1 from catalogue_offer o
                 where o.id = wanted and o.organisation_id = nullif(current_setting('app.organisation', true), '')::uuid) then
    return 0;
  end if;
  perform set_config('app.reach', 'installation', true);
  select count(*) into adopters from adoption a where a.offer_id = wanted;
  perform set_config('app.reach', reach, true);
  return adopters;
end $$;
revoke execute on function offer_adopters(uuid) from public;
grant execute on function offer_adopters(uuid) to tablica_app;

-- Nobody adopts what is not offered, and nobody takes over another version than the newest one.
create function adoption_of_an_open_offer() returns trigger language plpgsql as $$
begin
  if not exists (select 1 from offers_seen(new.offer_id) s where s.version_id = new.version_id and s.number = new.number) then
    raise exception 'this version is not offered'
      using errcode = 'integrity_constraint_violation', constraint = 'adoption_of_an_open_offer';
  end if;
  return new;
end $$;
create trigger adoption_of_an_open_offer before insert or update of version_id on adoption
  for each row execute function adoption_of_an_open_offer();
