"""The queue and the runner that takes a job from file to stored result. Qt-free."""
