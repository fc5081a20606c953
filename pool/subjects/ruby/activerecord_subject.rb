#!/usr/bin/ruby
# ActiveRecord's pool as Rails sets it up: a connection per unit of work.
require_relative "subject"
require "active_record"

class ActiveRecordPool
  def initialize(given, size, strategy)
    limits = strategy == "tuned" ? { idle_timeout: 60, reaping_frequency: 10 } : {}
    ActiveRecord::Base.establish_connection(adapter: "postgresql", pool: size, **limits, username: given.delete(:user), **given)
    @pool = ActiveRecord::Base.connection_pool
    open_all(size)
  end

  def transact(operation)
    @pool.with_connection do |connection|
      connection.transaction do
        operation.run("$1", "$2") { |text, values| connection.exec_query(text, "hangup", values) }
        connection.raw_connection.backend_pid
      end
    end
  end

  def original(error) = error.cause
  def close = @pool.disconnect!
  def name = "activerecord"
  def version = ActiveRecord.version.to_s
  def driver = Subject.driver
  def speaks = []

  private

  # checkout and checkin are what with_connection does.
  def open_all(size)
    Array.new(size) { @pool.checkout }.each { |connection| @pool.checkin(connection) }
  end
end

Subject.serve(ActiveRecordPool)
