//! The register (ewidencja): makers, models, assets, purchases and who paid, places, SIM cards in devices.
