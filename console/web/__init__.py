"""What every page shares: access, paging, headers, navigation."""
