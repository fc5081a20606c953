# The subject protocol (../README.md): what the adapters of Ruby's pools share.
$PROGRAM_NAME = "app" # pg sends it as application_name; where the adapter lies should not be in the packets
require "json"
require "shellwords"

module Subject
  INSERT = "INSERT INTO blog_posts (key) VALUES (%s)".freeze
  STATEMENTS = {
    "insert" => [INSERT, ["key"]],
    "read" => ["SELECT count(*) FROM blog_posts", []],
    "wait" => ["SELECT pg_sleep(%s)", ["seconds"]],
    "transaction" => [INSERT, ["key"]],
    "bulk" => ["INSERT INTO blog_posts (key, title) VALUES (%s, %s)", ["key", "title"]],
    "fetch" => ["SELECT repeat('x', %s)", ["bytes"]],
    "lock" => ["LOCK TABLE blog_posts IN EXCLUSIVE MODE", []],
    "notify" => ["WITH row AS (#{INSERT} RETURNING key) SELECT pg_notify('hangup', key) FROM row", ["key"]],
  }.freeze
  # The words beyond the first ones that both adapters know. A pool's `speaks` has what it knows besides.
  SPEAKS = %w[lock notify once sslmode then].freeze
  ONCE = " ON CONFLICT (key) DO NOTHING".freeze # the idempotency key is the row's own

  # A statement, its parameters, the pause, and the statements behind it.
  class Operation
    def initialize(request)
      @statement, names = STATEMENTS.fetch(request["do"]) { raise ArgumentError, "unknown operation" }
      @suffix = request["once"] ? ONCE : ""
      @pause_ms = request.fetch("pause_ms", 0)
      @then = request.fetch("then", [])
      title = "x" * request.fetch("bytes", 0)
      @values = names.map { |name| name == "title" ? title : request.fetch(name) }
    end

    # Yields each statement, with the parameters' places as the library writes them, and its values.
    def run(*places)
      yield format(@statement + @suffix, *places), @values
      sleep(@pause_ms / 1000.0) if @pause_ms.positive?
      @then.each { |key| yield format(INSERT + @suffix, *places), [key] }
    end
  end

  module_function

  def say(message)
    $stdout.write(JSON.generate(message) + "\n")
    $stdout.flush
  end

  # Libraries wrap the driver's error: `original` unwraps it.
  def describe(error, original)
    cause = original.call(error) || error
    sqlstate = cause.respond_to?(:result) && cause.result&.error_field(PG::Result::PG_DIAG_SQLSTATE)
    { error: cause.message.scrub.chomp, kind: cause.class.name, sqlstate: sqlstate || nil }
  end

  def perform(pool, request)
    return { backend: pool.connect } if request["do"] == "connect"
    return { heard: pool.listen(request["seconds"]) } if request["do"] == "listen"

    { backend: pool.transact(Operation.new(request)) }
  end

  def answer(pool, line)
    request = JSON.parse(line)
    say(id: request["id"], ok: true, **perform(pool, request))
  rescue StandardError => error
    say(id: request["id"], **describe(error, pool.method(:original)))
  end

  # libpq's keywords and values, as the libraries name them.
  def settings(conninfo)
    given = conninfo.shellsplit.to_h { |word| word.split("=", 2) }.transform_keys(&:to_sym)
    given[:database] = given.delete(:dbname)
    given
  end

  # What libpq's manual offers against dead connections, for the strategy `tuned`.
  TUNED_LIBPQ = { connect_timeout: "5", keepalives_idle: "30", keepalives_interval: "10", keepalives_count: "3",
                  tcp_user_timeout: "5000" }.freeze

  def tuned(given, strategy) = strategy == "tuned" ? TUNED_LIBPQ.merge(given) : given

  # A pool is made with all its connections open; it has transact(operation), which returns the server process's id,
  # original(error), close, and name, version, driver, speaks: "connect" where it has connect, "listen" where it has
  # listen(seconds), which returns what it has heard.
  def serve(type)
    open = JSON.parse($stdin.gets).fetch("open")
    begin
      pool = type.new(tuned(settings(open["conninfo"]), open["strategy"]), open["size"], open["strategy"])
    rescue StandardError => error
      say(error: error.message.scrub)
      exit 1
    end
    say(ready: true, name: pool.name, version: pool.version, driver: pool.driver, speaks: SPEAKS + pool.speaks)
    turn = Mutex.new # of two threads in gets one drops a line that the other has read ahead
    workers = Array.new(open["workers"]) do
      Thread.new do
        while (line = turn.synchronize { $stdin.gets })
          answer(pool, line)
        end
      end
    end
    workers.each(&:join)
    pool.close
  end

  def driver
    number = PG.library_version
    "pg #{PG::VERSION} (libpq #{number / 10_000}.#{number % 10_000})"
  end
end
