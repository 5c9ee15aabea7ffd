"""What each function costs as there are ten times and a hundred times as many companies, gates, or invoices held."""
