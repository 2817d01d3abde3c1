"""What connects the window with the services: every slow call goes through `Background`."""
