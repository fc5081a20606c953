#!/usr/bin/ruby
# The adapter of mypool: speaks hangup's subject protocol (pool/subjects/README.md) on stdin and stdout.
$PROGRAM_NAME = "app" # pg sends it as application_name
require "json"
require "pg"

# YOUR POOL GOES HERE. What stands here is none: connections in a queue, and a new one for each that broke.
class Pool
  NAME = "mypool"
  VERSION = "0"
  DRIVER = "pg #{PG::VERSION} (libpq #{PG.library_version})".freeze

  # Opens all `size` connections. `strategy` is one of those that mypool.yaml names.
  def initialize(conninfo, size, _strategy)
    @conninfo = conninfo
    @idle = Queue.new
    Array.new(size) { PG.connect(conninfo) }.each { |connection| @idle << connection }
  end

  # One transaction on a connection of the pool. Gives the server process's id. An error is raised, never repaired.
  def transact(statement, parameters)
    connection = @idle.pop || PG.connect(@conninfo)
    connection.exec("BEGIN")
    connection.exec_params(statement, parameters)
    yield
    connection.exec("COMMIT")
    connection.backend_pid
  rescue StandardError
    connection&.close
    connection = nil
    raise
  ensure
    @idle << connection
  end

  def close
    @idle.pop&.close until @idle.empty?
  end
end

# --- The protocol, the same for every pool. ---

STATEMENTS = {
  "insert" => ["INSERT INTO blog_posts (key) VALUES ($1)", ["key"]],
  "read" => ["SELECT count(*) FROM blog_posts", []],
  "wait" => ["SELECT pg_sleep($1)", ["seconds"]],
  "transaction" => ["INSERT INTO blog_posts (key) VALUES ($1)", ["key"]],
  "bulk" => ["INSERT INTO blog_posts (key, title) VALUES ($1, $2)", %w[key title]],
  "fetch" => ["SELECT repeat('x', $1)", ["bytes"]],
}.freeze

def say(message)
  $stdout.write("#{JSON.generate(message)}\n")
  $stdout.flush
end

def describe(error)
  result = error.respond_to?(:result) ? error.result : nil
  { error: error.message.scrub.chomp, kind: error.class.name, sqlstate: result&.error_field(PG::Result::PG_DIAG_SQLSTATE) }
end

def answer(pool, request)
  statement, names = STATEMENTS.fetch(request["do"]) { raise ArgumentError, "unknown operation" }
  given = request.merge("title" => "x" * request.fetch("bytes", 0))
  pause_s = request.fetch("pause_ms", 0) / 1000.0
  backend = pool.transact(statement, names.map { |name| given[name] }) { sleep(pause_s) if pause_s.positive? }
  say(id: request["id"], ok: true, backend: backend)
rescue StandardError => error
  say(id: request["id"], **describe(error))
end

settings = JSON.parse($stdin.readline)["open"]
begin
  pool = Pool.new(settings["conninfo"], settings["size"], settings["strategy"])
rescue StandardError => error
  say(describe(error))
  exit 1
end
say(ready: true, name: Pool::NAME, version: Pool::VERSION, driver: Pool::DRIVER)
operations = Queue.new
workers = Array.new(settings["workers"]) do
  Thread.new { while (request = operations.pop) do answer(pool, request) end }
end
$stdin.each_line { |line| operations << JSON.parse(line) }
operations.close
workers.each(&:join)
pool.close
