# pg without a pool. Each operation has a connection of its own, and those that come when each has had its turn have the last.
$PROGRAM_NAME = "app" # pg sends it as application_name; where the probe lies should not be in the packets
require "json"
require "pg"

STATEMENTS = {
  "read" => ["SELECT count(*) FROM blog_posts", []],
  "wait" => ["SELECT pg_sleep($1)", ["seconds"]],
  "transaction" => ["INSERT INTO blog_posts (key) VALUES ($1)", ["key"]],
  "bulk" => ["INSERT INTO blog_posts (key, title) VALUES ($1, $2)", %w[key title]],
  "connect" => ["SELECT 1", []],
}.freeze

def say(message)
  $stdout.write(JSON.generate(message) + "\n")
  $stdout.flush
end

def describe(error)
  sqlstate = error.respond_to?(:result) && error.result&.error_field(PG::Result::PG_DIAG_SQLSTATE)
  { error: error.message.scrub.chomp, kind: error.class.name, sqlstate: sqlstate || nil }
end

# Not `transaction do`: its ROLLBACK would fail too, and hide the first error behind its own.
def transact(connection, operation)
  statement, names = STATEMENTS.fetch(operation["do"])
  values = operation.merge("title" => "x" * operation.fetch("bytes", 0)).values_at(*names)
  connection.exec("BEGIN")
  connection.exec_params(statement, values)
  sleep(operation.fetch("pause_ms", 0) / 1000.0)
  connection.exec("COMMIT")
end

def state(connection)
  return nil unless connection

  connection.finished? ? "finished? = true" : "status = #{connection.status == PG::CONNECTION_OK ? 'CONNECTION_OK' : 'CONNECTION_BAD'}"
end

def answer(conninfo, connection, operation)
  connection ||= PG.connect(conninfo)
  transact(connection, operation)
  say(id: operation["id"], ok: true, state: state(connection))
rescue StandardError => error
  say(id: operation["id"], state: state(connection), **describe(error))
end

open = JSON.parse($stdin.gets).fetch("open")
conninfo = open["conninfo"] + (open["strategy"] == "plain" ? " sslmode=disable" : "")
begin
  # The first operation gets the first connection, and so on: the packets are told apart by that.
  connections = Array.new(open["size"]) { [PG.connect(conninfo), Mutex.new] }
rescue StandardError => error
  say(describe(error))
  exit 1
end
number = PG.library_version
say(ready: true, name: "ruby-pg", version: PG::VERSION, driver: "libpq #{number / 10_000}.#{number % 10_000}", speaks: ["connect"])
while (line = $stdin.gets)
  operation = JSON.parse(line)
  connection, turn = [nil, Mutex.new]
  connection, turn = connections.size > 1 ? connections.shift : connections.first if operation["do"] != "connect"
  Thread.new(connection, turn, operation) { |own, busy, request| busy.synchronize { answer(conninfo, own, request) } }
end
exit!(true) # some threads may wait for ever
