-- Owner: video. Where the first picture of a segment ends, so that a player can show stills while somebody seeks
-- (RFC 8216 §4.3.3.6). Segments of sound and those made before have none.
alter table segment add column key_bytes integer check (key_bytes > 0);
