#!/usr/bin/ruby
# Sequel's pool as its documentation shows it, with and without its extension connection_validator.
require_relative "subject"
require "sequel"

class SequelPool
  # What Sequel's own options name; the rest of libpq's goes to the driver.
  OPTIONS = %i[host port database user password sslmode sslrootcert connect_timeout].freeze

  def initialize(given, size, strategy)
    @database = Sequel.connect(adapter: "postgres", max_connections: size, **given.slice(*OPTIONS),
                               driver_options: given.except(*OPTIONS))
    unless strategy == "none"
      @database.extension(:connection_validator)
      @database.pool.connection_validation_timeout = -1 if strategy == "validator-always"
    end
    open_all(size)
  end

  def transact(operation)
    @database.transaction do
      sql = operation.text("?", "?")
      dataset = @database[sql, *operation.values]
      sql.start_with?("SELECT") ? dataset.all : dataset.insert
      operation.pause
      @database.synchronize(&:backend_pid)
    end
  end

  def original(error) = error.respond_to?(:wrapped_exception) ? error.wrapped_exception : nil
  def close = @database.disconnect
  def name = "sequel"
  def version = Sequel.version
  def driver = Subject.driver

  private

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
