#!/usr/bin/ruby
# Sequel's pool as its documentation shows it, with and without its extension connection_validator.
require_relative "subject"
require "sequel"

class SequelPool
  # What Sequel's own options name; the rest of libpq's goes to the driver.
  OPTIONS = %i[host port database user password sslmode sslrootcert connect_timeout].freeze

  def initialize(given, size, strategy)
    @given = given
    @database = open_database(size, **(strategy == "tuned" ? { pool_timeout: 10 } : {}))
    unless strategy == "none"
      @database.extension(:connection_validator)
      @database.pool.connection_validation_timeout = -1 if %w[validator-always tuned].include?(strategy)
    end
    open_all(size)
  end

  def transact(operation)
    @database.transaction do
      operation.run("?", "?") do |sql, values|
        dataset = @database[sql, *values]
        sql.start_with?("INSERT", "LOCK") ? dataset.insert : dataset.all
      end
      @database.synchronize(&:backend_pid)
    end
  end

  def connect
    session = PG.connect(**@given.except(:database), dbname: @given[:database])
    session.exec("SELECT now()")
    backend = session.backend_pid
    session.close
    backend
  end

  # Its own listen, on a database object of its own, which has one connection.
  def listen(seconds)
    heard = []
    finish = Process.clock_gettime(Process::CLOCK_MONOTONIC) + seconds
    left = -> { [finish - Process.clock_gettime(Process::CLOCK_MONOTONIC), 0.001].max }
    enough = -> { throw :stop if Process.clock_gettime(Process::CLOCK_MONOTONIC) >= finish }
    open_database(1).listen("hangup", timeout: left, loop: ->(_) { enough.call }) { |_, _, payload| heard << payload }
    heard
  end

  def original(error) = error.respond_to?(:wrapped_exception) ? error.wrapped_exception : nil
  def close = @database.disconnect
  def name = "sequel"
  def version = Sequel.version
  def driver = Subject.driver

  def speaks = %w[connect listen]

  private

  def open_database(size, **limits)
    Sequel.connect(adapter: "postgres", max_connections: size, **limits, **@given.slice(*OPTIONS), driver_options: @given.except(*OPTIONS))
  end

  # A thread has one connection at most: so many threads hold them all at once.
  def open_all(size)
    held = Queue.new
    release = Queue.new
    holders = Array.new(size) { Thread.new { @database.synchronize { held << true; release.pop } } }
    size.times { held.pop }
    size.times { release << true }
    holders.each(&:join)
  end
end

Subject.serve(SequelPool)
