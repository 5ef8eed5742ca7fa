-- Owner: devices. What the pages of one device are chosen from is found by an index, however large the register.

-- Cards to put into a device, by number.
create index asset_sim_card on asset (organisation_id, inventory_key) where kind = 'sim_card';
-- Who answers for a device.
create index asset_custodian on asset (organisation_id, custodian_id) where custodian_id is not null;
