"""What the window and the command line share: the session, one function for each user verb, jobs and runs."""
