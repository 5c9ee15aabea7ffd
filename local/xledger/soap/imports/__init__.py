"""Files as Xledger's importer reads them: first checked row by row, then posted whole or not at all."""
