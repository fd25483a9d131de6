"""jobkit: the domain kernel of service work, embedded in your application."""
